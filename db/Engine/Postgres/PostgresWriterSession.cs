using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// The session for PostgreSQL, which allows many writers at once. Each has a number by a lease;
/// conflicting batches run again.
/// </summary>
internal sealed class PostgresWriterSession(PostgresDialect dialect, TimeProvider time, ILogger log)
    : WriterSession(dialect)
{
    // Each unanswered commit occupies a connection, and during a long standby outage their number would grow without
    // limit.
    private const int MaxUnanswered = 8;

    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly List<Task> _unanswered = [];
    private WriterLease _lease = WriterLease.Acquire(dialect, time);
    private Ids? _ids;
    private (long Since, TimeSpan Pause) _renewal = (time.GetTimestamp(), WriterLease.RenewEvery);
    private PostgresWriteConnection? _connection;

    public override int Number => _lease.Number;

    public override Ids Ids
    {
        get
        {
            if (Volatile.Read(ref _ids) is { } ids)
                return ids;
            lock (_gate)
                return _ids ??= new Ids(_lease.Number, time, _lease.NewestId);
        }
    }

    public override TimeSpan? MaintenanceInterval => WriterLease.RenewEvery;

    public override void Acquire()
    {
        _unanswered.RemoveAll(commit => commit.IsCompleted);
        if (_unanswered.Count >= MaxUnanswered)
            throw new TimeoutException($"The server has not answered {MaxUnanswered} commits.");
        _connection ??= new PostgresWriteConnection(dialect.Open(), _lease);
    }

    public override void Release()
    {
        // There is no lock to release, because all processes write at once.
    }

    public override void Discard()
    {
        var connection = _connection;
        _connection = null;
        if (connection?.Unanswered is { } commit)
            _unanswered.Add(commit);
        connection?.Dispose();
    }

    public override bool TryRecover(Exception error)
    {
        if (error is not WriterLeaseLostException)
            return dialect.IsTransient(error);
        ReplaceLease();
        return true;
    }

    public override void RunMaintenance(bool committed)
    {
        // During a standby outage the renewal would wait like the commit, and block signers. The next batch detects a
        // lease that ended.
        if (time.GetElapsedTime(_renewal.Since) < _renewal.Pause || _unanswered.Exists(commit => !commit.IsCompleted))
            return;
        try
        {
            if (_lease.Renew(dialect))
                RenewAfter(WriterLease.RenewEvery);
            else
                ReplaceLease();
        }
#pragma warning disable CA1031 // The next batch checks whether this process still owns the number.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // Not with the next batch: its signers would wait for another timeout.
            RenewAfter(_pauseAfterFailure);
            log.LogWarning(
                WriteQueue.StorageFailed,
                "The lease of writer {Number} could not be renewed: {Exception}",
                Number,
                error.GetType().Name
            );
        }
    }

    public override void Begin(BatchPreconditions preconditions) => Acquired.Begin(preconditions);

    public override DbConnection Flush() => Acquired.Flush();

    public override void Commit() => Acquired.Commit();

    public override int Run(Statement statement, Action<ResultRow>? read) => Acquired.Run(statement, read);

    public override void Defer(Statement statement) => Acquired.Defer(statement);

    public override IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    )
    {
        var rows = new List<TRow>(items.Count);
        if (items.Count > 0)
            Acquired.RunEach(Prepare(sql), items, bind, row => rows.Add(read(row)));
        return rows;
    }

    public override void Dispose() => Discard();

    private PostgresWriteConnection Acquired =>
        _connection ?? throw new InvalidOperationException("The session has no connection: acquire it first.");

    // Rows prepared under the old number are prepared again (see SigningStore), because its new owner may make the same
    // ids.
    private void ReplaceLease()
    {
        Discard();
        lock (_gate)
        {
            _lease = WriterLease.Acquire(dialect, time);
            _ids = new Ids(_lease.Number, time, _lease.NewestId);
        }
        RenewAfter(WriterLease.RenewEvery);
    }

    private void RenewAfter(TimeSpan pause) => _renewal = (time.GetTimestamp(), pause);
}
