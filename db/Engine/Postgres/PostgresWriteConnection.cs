using Campaigns.Db.Keys;
using Npgsql;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// Writes to PostgreSQL over the network, where a round trip costs more than many rows. So the
/// transaction begins with its first statement, rows are sent as arrays, and deferred statements
/// are sent with the next one, usually the commit. No state outlives a transaction (no SET, no
/// session lock), so that a pooler can be used.
/// </summary>
internal sealed class PostgresWriteConnection : IDisposable
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
    private readonly Dictionary<Statement, PostgresStatement> _compiled = [];
    private readonly List<PostgresStatement> _deferred = [];
    private readonly ResultRow _row = new();
    private BatchPreconditions? _preconditions;
    private bool _warned;

    public PostgresWriteConnection(NpgsqlConnection connection, WriterLease lease)
    {
        _connection = connection;
        _lease = lease;
        connection.Notice += (_, notice) => _warned |= notice.Notice.InvariantSeverity == "WARNING";
    }

    /// <summary>
    /// The commit that timed out while the server still works on it; null for none.
    /// </summary>
    public Task? Unanswered { get; private set; }

    public void Begin(BatchPreconditions preconditions) => _preconditions = preconditions;

    /// <inheritdoc cref="WriterSession.Flush"/>
    public NpgsqlConnection Flush()
    {
        if (_preconditions is not null || _deferred.Count > 0)
            RoundTrip(null, null);
        return _connection;
    }

    public void Commit()
    {
        // No statement ran, so there is nothing to commit.
        if (_preconditions is not null && _deferred.Count == 0)
            return;
        // Verify the preconditions before sending the commit.
        if (_preconditions is not null)
            Flush();
        // Runs on another thread without the driver's timeout, because that timeout cancels the command. Cancelling a
        // commit that waits for its standby would commit it without the standby, visible to all readers.
        var commit = Task.Run(() => RoundTrip(new NpgsqlBatchCommand("COMMIT"), null, TimeSpan.Zero));
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

    public int Run(Statement statement, Action<ResultRow>? read)
    {
        var command = Compile(statement).Single(statement.Values);
        RoundTrip(command, read);
        return command.RecordsAffected;
    }

    public void Defer(Statement statement)
    {
        var compiled = Compile(statement);
        if (!compiled.HasBatch)
            _deferred.Add(compiled);
        compiled.AddToBatch(statement.Values);
    }

    /// <inheritdoc cref="WriterSession.ReadEach"/>
    public void RunEach<TItem>(
        Statement statement,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Action<ResultRow> read
    )
    {
        var compiled = Compile(statement);
        if (compiled.HasBatch)
            Flush();
        foreach (var item in items)
        {
            bind(statement, item);
            compiled.AddToBatch(statement.Values);
        }
        RoundTrip(compiled.DrainBatch(), read);
    }

    public void Dispose()
    {
        if (Unanswered is null)
            _connection.Dispose();
    }

    /// <summary>
    /// Sends the opening statements, if any, the deferred statements and then
    /// <paramref name="command"/>, and reads its result, all in one round trip.
    /// </summary>
    /// <param name="command">The last statement; null to send only the pending ones.</param>
    /// <param name="read">Gets each row of its result; null if it has none.</param>
    /// <param name="timeout">The driver's timeout; zero for none, null for the connection's
    /// default.</param>
    private void RoundTrip(NpgsqlBatchCommand? command, Action<ResultRow>? read, TimeSpan? timeout = null)
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
        while (read is not null && reader.Read())
        {
            Fill(reader);
            read(_row);
        }
        // Errors of statements without rows are thrown when their result is read.
        while (reader.NextResult()) { }
    }

    private PostgresStatement Compile(Statement statement)
    {
        if (!_compiled.TryGetValue(statement, out var compiled))
            _compiled[statement] = compiled = new PostgresStatement(statement.Text);
        return compiled;
    }

    private void Fill(NpgsqlDataReader reader)
    {
        var values = _row.Fill(reader.FieldCount);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.GetValue(i) switch
            {
                DBNull => SqlValue.From((string?)null),
                long number => SqlValue.From(number),
                int number => SqlValue.From(number),
                decimal sum => SqlValue.From((long)sum),
                string text => SqlValue.From(text),
                byte[] bytes => SqlValue.From(bytes),
                var other => throw new InvalidOperationException($"Column {i} is a {other.GetType().Name}."),
            };
        }
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
