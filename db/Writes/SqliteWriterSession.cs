using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Writes;

/// <summary>
/// The embedded database takes one writer at a time, across processes: by write.lock they take
/// turns. Between batches the write-ahead log is written back into the file by
/// <see cref="Checkpoint"/>, so that no commit pays for it.
/// </summary>
internal sealed class SqliteWriterSession : WriterSession
{
    private static readonly TimeSpan _checkpointEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lockTimeout = TimeSpan.FromSeconds(10);

    // Once somebody waited in vain: a move keeps the lock for as long as it copies, and those who come meanwhile are
    // told at once.
    private static readonly TimeSpan _lockTimeoutAfterFailure = TimeSpan.FromMilliseconds(250);

    private readonly SqliteDialect _dialect;
    private readonly Checkpoint _checkpoint;
    private readonly FileLock _writeLock;
    private readonly ILogger _log;
    private SqliteWriteConnection? _writing;
    private bool _lockKept;

    // A process that died may have left something in the log.
    private bool _dirty = true;

    /// <param name="dialect">The database.</param>
    /// <param name="writeLock">write.lock, which stays the caller's.</param>
    /// <param name="number">0 for the server; a command beside it has another, which keeps their
    /// ids apart.</param>
    /// <param name="newestId">The greatest id in the database.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it is said that the log could not be written back.</param>
    public SqliteWriterSession(
        SqliteDialect dialect,
        FileLock writeLock,
        int number,
        long newestId,
        TimeProvider time,
        ILogger log
    )
    {
        _dialect = dialect;
        _checkpoint = new Checkpoint(dialect, _checkpointEvery);
        _writeLock = writeLock;
        Number = number;
        Ids = new Ids(number, time, newestId);
        _log = log;
    }

    public override int Number { get; }

    public override Ids Ids { get; }

    public override TimeSpan? MaintenanceInterval => _dirty ? _checkpointEvery : null;

    public override WriteConnection Acquire()
    {
        var timeout = _lockKept ? _lockTimeoutAfterFailure : _lockTimeout;
        _lockKept = true;
        _writeLock.Acquire(timeout);
        _lockKept = false;
        try
        {
            return Open();
        }
        catch
        {
            _writeLock.Release();
            throw;
        }
    }

    public override void Release() => _writeLock.Release();

    public override void Discard()
    {
        var writing = _writing;
        _writing = null;
        writing?.Dispose();
    }

    public override bool TryRecover(Exception error) => false;

    // What is committed is in the log, and stays there until it is copied.
    public override void RunMaintenance(bool committed)
    {
        _dirty |= committed;
        if (!_dirty)
            return;
        try
        {
            if (committed)
                _checkpoint.BeginWhenDue();
            if (_checkpoint.CanFinish(idle: !committed) && _writeLock.TryAcquire())
                FinishCheckpoint();
        }
#pragma warning disable CA1031 // Whatever keeps the log from being copied keeps nobody from signing.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _log.LogWarning(
                WriteQueue.StorageFailed,
                "The write-ahead log could not be written back yet: {Exception}",
                error.GetType().Name
            );
        }
    }

    public override void Dispose()
    {
        _checkpoint.Stop();
        Discard();
        _checkpoint.Dispose();
    }

    private SqliteWriteConnection Open() => _writing ??= new SqliteWriteConnection(_dialect, _dialect.OpenForWriting());

    private void FinishCheckpoint()
    {
        try
        {
            _dirty = !_checkpoint.Finish(Copy);
        }
        finally
        {
            _writeLock.Release();
        }
    }

    private (long Log, long Copied) Copy(string checkpoint)
    {
        try
        {
            return Open().Prepare(checkpoint).ReadFirst(row => (row.Long(1), row.Long(2)));
        }
        catch
        {
            Discard();
            throw;
        }
    }
}
