using System.Data.Common;
using Campaigns.Db.Keys;
using Npgsql;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// Writes to PostgreSQL over the network, where a round trip costs more than many rows. So the
/// transaction begins with its first statement, rows are sent as arrays, and deferred statements
/// are sent with the next one, usually the commit. No state outlives a transaction (no SET, no
/// session lock), so that a pooler can be used.
/// </summary>
internal sealed class PostgresWriteConnection : WriteConnection
{
    /// <summary>
    /// The server ends the transaction of a paused process after this time, so that its locks do
    /// not block others. It is well below the lease of the writer number.
    /// </summary>
    internal const string IdleTransactionTimeout = "SET LOCAL idle_in_transaction_session_timeout = 10000";

    // If COMMIT takes longer than this, callers get an "outcome unknown" error.
    private static readonly TimeSpan _commitTimeout = TimeSpan.FromSeconds(15);

    private readonly NpgsqlConnection _connection;
    private readonly WriterLease _lease;
    private readonly PostgresConnection _forDapper;
    private readonly List<PostgresStatement> _deferred = [];
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
    /// The commit that timed out while the server still works on it; null for none.
    /// </summary>
    public Task? Unanswered { get; private set; }

    public override void Begin(BatchPreconditions preconditions) => _preconditions = preconditions;

    public override void FlushDeferred()
    {
        if (_preconditions is not null || _deferred.Count > 0)
            RoundTrip(null, _ => { });
    }

    public override void Commit()
    {
        // No statement ran, so there is nothing to commit.
        if (_preconditions is not null && _deferred.Count == 0)
            return;
        // Verify the preconditions before sending the commit.
        if (_preconditions is not null)
            FlushDeferred();
        // Runs on another thread without the driver's timeout, because that timeout cancels the command. Cancelling a
        // commit that waits for its standby would commit it without the standby, visible to all readers.
        var commit = Task.Run(() => RoundTrip(new NpgsqlBatchCommand("COMMIT"), _ => { }, TimeSpan.Zero));
        if (Task.WaitAny([commit], _commitTimeout) < 0)
        {
            Unanswered = commit.ContinueWith(_ => _connection.Dispose(), TaskScheduler.Default);
            throw new TimeoutException("The server has not answered a commit in time.");
        }
        commit.GetAwaiter().GetResult();
        // The wait for the standby was cancelled: the commit exists on this server and perhaps nowhere else.
        if (_warned)
            throw new TimeoutException("The server committed with a warning; the standby may not have the commit.");
    }

    public void Defer(PostgresStatement statement) => _deferred.Add(statement);

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
    /// Sends the opening statements, if any, the deferred statements and then
    /// <paramref name="command"/>, and reads its result, all in one round trip.
    /// </summary>
    /// <param name="command">The last statement; null to send only the pending ones.</param>
    /// <param name="read">Reads the result of <paramref name="command"/>.</param>
    /// <param name="timeout">The driver's timeout; zero for none, null for the connection's
    /// default.</param>
    public void RoundTrip(NpgsqlBatchCommand? command, Action<NpgsqlDataReader> read, TimeSpan? timeout = null)
    {
        using var batch = new NpgsqlBatch(_connection);
        if (timeout is { } limit)
            batch.Timeout = (int)limit.TotalSeconds;
        _warned = false;
        var preconditions = _preconditions;
        _preconditions = null;
        if (preconditions is not null)
            AddOpening(batch.BatchCommands);
        foreach (var statement in _deferred)
            batch.BatchCommands.Add(statement.DrainBatch());
        _deferred.Clear();
        if (command is not null)
            batch.BatchCommands.Add(command);
        using var reader = batch.ExecuteReader();
        if (preconditions is not null)
            VerifyPreconditions(reader, preconditions);
        if (command is not null)
            read(reader);
        // Errors of statements without rows are thrown when their result is read.
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
        if (_deferred.Contains(statement))
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
        // This must come after the lock, because a statement sees only commits from before it began.
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
