using System.Data.Common;
using Campaigns.Db.Keys;
using Npgsql;

namespace Campaigns.Db.Writes;

/// <summary>
/// Writing over the network: each way there and back costs more than many rows. So the transaction
/// begins with its first statement, rows travel as arrays, and what was put off till later goes
/// along with the next thing that has to go, usually the commit. Nothing outlives a transaction (no
/// SET, no session lock), so that a pooler may stand in between.
/// </summary>
internal sealed class PostgresWriteConnection : WriteConnection
{
    /// <summary>
    /// A process that stands still in the middle of a transaction must not keep what it holds from
    /// everybody else; well within the lease of its number.
    /// </summary>
    internal const string IdleTransactionTimeout = "SET LOCAL idle_in_transaction_session_timeout = 10000";

    // Nobody waits longer to hear of a commit: who asked is told that nobody knows, which is so.
    private static readonly TimeSpan _commitTimeout = TimeSpan.FromSeconds(15);

    private readonly NpgsqlConnection _connection;
    private readonly WriterLease _lease;
    private readonly PostgresConnection _forDapper;
    private readonly List<PostgresStatement> _later = [];
    private BatchPreconditions? _preconditions;
    private bool _warned;

    public PostgresWriteConnection(PostgresDialect dialect, NpgsqlConnection connection, WriterLease lease)
        : base(dialect)
    {
        _connection = connection;
        _lease = lease;
        _forDapper = new PostgresConnection(connection, FlushDeferred);
        connection.Notice += (_, notice) => _warned |= notice.Notice.InvariantSeverity == "WARNING";
    }

    public override DbConnection Connection => _forDapper;

    /// <summary>
    /// The commit that was given up waiting for, while the server still works on it; null for none.
    /// </summary>
    public Task? Unanswered { get; private set; }

    public override void Begin(BatchPreconditions preconditions) => _preconditions = preconditions;

    public override void FlushDeferred()
    {
        if (_preconditions is not null || _later.Count > 0)
            RoundTrip(null, _ => { });
    }

    public override void Commit()
    {
        // Nothing was asked for: there is nothing to commit either.
        if (_preconditions is not null && _later.Count == 0)
            return;
        // The guard has to be heard before the commit is on its way.
        if (_preconditions is not null)
            FlushDeferred();
        // Beside this thread and without the driver's own time-out, which cancels: a commit that waits for its standby
        // would be a commit without one, for everybody to see.
        var commit = Task.Run(() => RoundTrip(new NpgsqlBatchCommand("COMMIT"), _ => { }, TimeSpan.Zero));
        if (Task.WaitAny([commit], _commitTimeout) < 0)
        {
            Unanswered = commit.ContinueWith(_ => _connection.Dispose(), TaskScheduler.Default);
            throw new TimeoutException("The server has not answered a commit.");
        }
        commit.GetAwaiter().GetResult();
        // Somebody else cancelled the wait: committed here, and perhaps nowhere else.
        if (_warned)
            throw new TimeoutException("The server has committed, and warned.");
    }

    public void Defer(PostgresStatement statement) => _later.Add(statement);

    public override IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    )
    {
        var rows = new List<TRow>(items.Count);
        Each(sql, items, bind, "", reader =>
        {
            var row = new PostgresStatement.Row(reader);
            while (reader.Read())
                rows.Add(read(row));
        });
        return rows;
    }

    public override IReadOnlySet<long> ChangeEach<TItem>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<TItem, long> id
    )
    {
        var changed = new HashSet<long>(items.Count);
        Each(sql, items, bind, " RETURNING id", reader =>
        {
            while (reader.Read())
                changed.Add(reader.GetInt64(0));
        });
        return changed;
    }

    /// <summary>
    /// Sends what is due, and <paramref name="command"/> last, and reads its answer, all in one
    /// round trip.
    /// </summary>
    /// <param name="command">What is to be run last; null for nothing but what is due.</param>
    /// <param name="read">Reads its answer.</param>
    /// <param name="patience">How long the driver waits, zero for ever; null for the connection's
    /// time.</param>
    public void RoundTrip(NpgsqlBatchCommand? command, Action<NpgsqlDataReader> read, TimeSpan? patience = null)
    {
        using var batch = new NpgsqlBatch(_connection);
        if (patience is { } time)
            batch.Timeout = (int)time.TotalSeconds;
        _warned = false;
        var preconditions = _preconditions;
        _preconditions = null;
        if (preconditions is not null)
            AddOpening(batch.BatchCommands);
        foreach (var statement in _later)
            batch.BatchCommands.Add(statement.DrainBatch());
        _later.Clear();
        if (command is not null)
            batch.BatchCommands.Add(command);
        using var reader = batch.ExecuteReader();
        if (preconditions is not null)
            VerifyPreconditions(reader, preconditions);
        if (command is not null)
            read(reader);
        // An error of a statement that answers nothing shows when its turn is read.
        while (reader.NextResult()) { }
    }

    protected override Statement Compile(string sql) => new PostgresStatement(this, sql);

    protected override void Close()
    {
        if (Unanswered is null)
            _connection.Dispose();
    }

    private void Each<TItem>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        string ending,
        Action<NpgsqlDataReader> read
    )
    {
        if (items.Count == 0)
            return;
        var statement = (PostgresStatement)Prepare(sql);
        if (_later.Contains(statement))
            FlushDeferred();
        foreach (var item in items)
        {
            bind(statement, item);
            statement.AddToBatch();
        }
        RoundTrip(statement.DrainBatch(ending), read);
    }

    private void AddOpening(NpgsqlBatchCommandCollection commands)
    {
        commands.Add(new NpgsqlBatchCommand("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED"));
        commands.Add(new NpgsqlBatchCommand(IdleTransactionTimeout));
        commands.Add(
            new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock_shared($1)")
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = PostgresDialect.BatchLock } },
            }
        );
        // After the lock: a statement sees what was committed before it began.
        commands.Add(new NpgsqlBatchCommand(BatchPreconditions.Select));
        commands.Add(_lease.Check());
    }

    private static void VerifyPreconditions(NpgsqlDataReader reader, BatchPreconditions preconditions)
    {
        reader.NextResult();
        reader.Read();
        preconditions.Check(new KeySetVersion(reader.GetInt64(0), reader.GetInt64(1)), reader.GetInt64(2));
        reader.NextResult();
        if (!reader.Read())
            throw new WriterLeaseLostException();
        reader.NextResult();
    }
}
