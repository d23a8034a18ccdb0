using System.Data.Common;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// The session for the embedded database, which allows one writer at a time; processes take turns
/// by write.lock. Between batches <see cref="Checkpoint"/> copies the write-ahead log into the
/// file, so that no commit pays for it.
/// </summary>
internal sealed class SqliteWriterSession : WriterSession
{
    private const string BeginText = "BEGIN IMMEDIATE";
    private const string CommitText = "COMMIT";

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
        : base(dialect)
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

    public override void Acquire()
    {
        var timeout = _lockTimedOut ? _lockTimeoutAfterFailure : _lockTimeout;
        _lockTimedOut = true;
        _writeLock.Acquire(timeout);
        _lockTimedOut = false;
        try
        {
            Open();
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

    public override void Begin(BatchPreconditions preconditions)
    {
        // BEGIN is a plain statement, because SqliteTransaction hides the first error behind a second one when the disk
        // is full.
        Prepare(BeginText).Run();
        var (keys, fences) = Prepare(BatchPreconditions.Select)
            .ReadFirst(row => (new KeySetVersion(row.Long(0), row.Long(1)), row.Long(2)));
        preconditions.Check(keys, fences);
    }

    // SQLite defers nothing.
    public override DbConnection Flush() => Open().Connection;

    public override void Commit() => Prepare(CommitText).Run();

    public override int Run(Statement statement, Action<ResultRow>? read) => Open().Run(statement, read);

    public override void Defer(Statement statement) => Run(statement, null);

    public override IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    )
    {
        var statement = Prepare(sql);
        var rows = new List<TRow>(items.Count);
        var add = (ResultRow row) => rows.Add(read(row));
        foreach (var item in items)
        {
            bind(statement, item);
            Run(statement, add);
        }
        return rows;
    }

    public override void Dispose()
    {
        _checkpoint.Stop();
        Discard();
        _checkpoint.Dispose();
    }

    private SqliteWriteConnection Open() => _connection ??= new SqliteWriteConnection(_dialect.OpenForWriting());

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
            return Prepare(checkpoint).ReadFirst(row => (row.Long(1), row.Long(2)));
        }
        catch
        {
            Discard();
            throw;
        }
    }
}
