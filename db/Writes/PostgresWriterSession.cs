using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Writes;

/// <summary>
/// PostgreSQL takes many writers at once; each holds a number by a lease, and two that are in each
/// other's way run again.
/// </summary>
internal sealed class PostgresWriterSession(PostgresDialect dialect, TimeProvider time, ILogger log) : WriterSession
{
    // Each keeps a connection busy; with a standby that is away for long there would be no end of them.
    private const int MostUnanswered = 8;

    private readonly Lock _gate = new();
    private readonly List<Task> _unanswered = [];
    private WriterLease _lease = WriterLease.Acquire(dialect, time);
    private Ids? _ids;
    private long _renewedAt = time.GetTimestamp();
    private PostgresWriteConnection? _writing;

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

    public override WriteConnection Acquire()
    {
        _unanswered.RemoveAll(commit => commit.IsCompleted);
        if (_unanswered.Count >= MostUnanswered)
            throw new TimeoutException("The server has not answered several commits.");
        return _writing ??= new PostgresWriteConnection(dialect, dialect.Open(), _lease);
    }

    public override void Release()
    {
        // Everybody writes at once.
    }

    public override void Discard()
    {
        var writing = _writing;
        _writing = null;
        if (writing?.Unanswered is { } commit)
            _unanswered.Add(commit);
        writing?.Dispose();
    }

    public override bool TryRecover(Exception error)
    {
        if (error is not WriterLeaseLostException)
            return dialect.IsTransient(error);
        Replace();
        return true;
    }

    public override void RunMaintenance(bool committed)
    {
        // While a standby is away the renewal would wait as the commit does, and people behind it. A lease that ends
        // meanwhile is found out by the next batch.
        if (
            time.GetElapsedTime(_renewedAt) < WriterLease.RenewEvery
            || _unanswered.Exists(commit => !commit.IsCompleted)
        )
            return;
        try
        {
            if (_lease.Renew(dialect))
                _renewedAt = time.GetTimestamp();
            else
                Replace();
        }
#pragma warning disable CA1031 // The next batch finds out whether the number is still ours.
        catch (Exception error)
#pragma warning restore CA1031
        {
            log.LogWarning(
                WriteQueue.StorageFailed,
                "The lease of writer {Number} could not be renewed: {Exception}",
                Number,
                error.GetType().Name
            );
        }
    }

    public override void Dispose() => Discard();

    // What was prepared under the number before is prepared anew (see SigningStore): whoever has it now may make the
    // same ids.
    private void Replace()
    {
        Discard();
        lock (_gate)
        {
            _lease = WriterLease.Acquire(dialect, time);
            _ids = new Ids(_lease.Number, time, _lease.NewestId);
        }
        _renewedAt = time.GetTimestamp();
    }
}
