using Campaigns.Db.Files;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// The session for the embedded database, which allows one writer at a time; processes take turns
/// by write.lock. Between batches <see cref="Checkpoint"/> copies the write-ahead log into the
/// file, so that no commit pays for it.
/// </summary>
internal sealed class SqliteWriterSession : WriterSession
{
    private static readonly TimeSpan _checkpointEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lockTimeout = TimeSpan.FromSeconds(10);

    // Used after a timeout. A migration to PostgreSQL has the lock while it copies, so later callers fail fast.
    private static readonly TimeSpan _lockTimeoutAfterFailure = TimeSpan.FromMilliseconds(250);

    private readonly SqliteDialect _dialect;
    private readonly Checkpoint _checkpoint;
    private readonly FileLock _writeLock;
    private readonly ILogger _log;
    private SqliteWriteConnection? _connection;
    private bool _lockTimedOut;

    // True at the start, because a dead process may have left pages in the log.
    private bool _dirty = true;

    /// <param name="dialect">The database.</param>
    /// <param name="writeLock">write.lock, which the caller owns and disposes of.</param>
    /// <param name="number">0 for the server; a command has another number, which keeps their ids
    /// distinct.</param>
    /// <param name="newestId">The greatest id in the database.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Logs failed checkpoints.</param>
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
        var timeout = _lockTimedOut ? _lockTimeoutAfterFailure : _lockTimeout;
        _lockTimedOut = true;
        _writeLock.Acquire(timeout);
        _lockTimedOut = false;
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
        var connection = _connection;
        _connection = null;
        connection?.Dispose();
    }

    public override bool TryRecover(Exception error) => false;

    // Committed changes stay in the log until a checkpoint copies them.
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
#pragma warning disable CA1031 // A failed checkpoint must not stop signing.
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

    private SqliteWriteConnection Open() =>
        _connection ??= new SqliteWriteConnection(_dialect, _dialect.OpenForWriting());

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
