using System.Threading.Channels;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Writes;

/// <summary>The queue of writes is full: the caller should answer 503 and let the client come back.</summary>
public sealed class OverloadedException : Exception
{
    public OverloadedException() : base("More writes are waiting than this machine can take.")
    {
    }
}

/// <summary>The database itself could not write: a full disk, a read-only folder, a lock that another process keeps. Nothing of the batch is stored.</summary>
public sealed class StorageException(Exception inner) : Exception("The database takes no writes at the moment.", inner);

/// <summary>
/// Group commit: one thread drains a bounded channel and commits what queued during the last commit as one transaction. Every caller's
/// task ends only after its own commit is on disk. A piece of work that throws fails alone: its batch is rolled back and run again without
/// it. The WAL is written back into the database file by <see cref="Checkpoint"/>, so that no commit pays for it.
/// </summary>
public sealed class WriteQueue : IAsyncDisposable
{
    /// <summary>Operators hang alarms on it; it stays (docs/operating.md).</summary>
    public static readonly EventId StorageFailed = new(3004, nameof(StorageFailed));

    /// <summary>What is held in memory may lag behind the database until the next change or start.</summary>
    public static readonly EventId FollowUpFailed = new(3007, nameof(FollowUpFailed));

    private const string Begin = "BEGIN IMMEDIATE";
    private const string End = "COMMIT";
    private const int Capacity = 8192;
    private const int LargestBatch = 1024;
    private static readonly TimeSpan _checkpointEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lockPatience = TimeSpan.FromSeconds(10);

    private readonly Channel<Work> _channel = Channel.CreateBounded<Work>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly SqliteDialect _dialect;
    private readonly Checkpoint _checkpoint;
    private readonly FileLock _writeLock;
    private readonly Journal _journal;
    private readonly KeyRing _keys;
    private readonly Ids _ids;
    private readonly int _writer;
    private readonly TimeProvider _time;
    private readonly ILogger<WriteQueue> _log;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WritingConnection? _writing;
    private Task<bool>? _waiting;
    private long _failedAt = long.MinValue;
    // A process that died may have left something in the log.
    private bool _dirty = true;
    private bool _refused;

    internal WriteQueue(SqliteDialect dialect, FileLock writeLock, Journal journal, KeyRing keys, int writer, long newestId, TimeProvider time, ILogger<WriteQueue> log)
    {
        _dialect = dialect;
        _checkpoint = new Checkpoint(dialect, _checkpointEvery);
        _writeLock = writeLock;
        _journal = journal;
        _keys = keys;
        _ids = new Ids(writer, time, newestId);
        _writer = writer;
        _time = time;
        _log = log;
        new Thread(Drain) { IsBackground = true, Name = "writer" }.Start();
    }

    /// <summary>Names each campaign whose public counts a batch moved, once it is on disk and before its callers know. Must not throw.</summary>
    internal event Action<long>? CountsMoved;

    /// <summary>An id for a row that is prepared before it is queued, for instance because sealing needs it.</summary>
    public long NextId() => _ids.Next();

    /// <summary>
    /// Runs work on the writer thread and returns its result once it is durable. Work must be synchronous, short and free of effects
    /// outside its transaction, since it may run twice. Throws <see cref="OverloadedException"/> at once when the queue is full; a
    /// cancelled caller stops waiting, which says nothing about whether the write happened.
    /// </summary>
    public Task<T> RunAsync<T>(Func<WriteTransaction, T> work, CancellationToken cancellation = default)
    {
        var item = new Work<T>(work);
        if (!_channel.Writer.TryWrite(item)) throw new OverloadedException();
        return item.Task.WaitAsync(cancellation);
    }

    /// <summary>
    /// True when the disk or the database refused a write that short a time ago. On a full disk some writes still find room in the log, so that
    /// one success says little.
    /// </summary>
    public bool FailedWithin(TimeSpan time) => Volatile.Read(ref _failedAt) is var at && at != long.MinValue && Environment.TickCount64 - at < time.TotalMilliseconds;

    /// <summary>Commits what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await _drained.Task;
    }

    private void Drain()
    {
        var batch = new List<Work>(LargestBatch);
        while (WaitForWork())
        {
            while (batch.Count < LargestBatch && _channel.Reader.TryRead(out var work)) batch.Add(work);
            if (batch.Count > 0) Commit(batch);
            if (_dirty) CheckpointWhenDue(committed: batch.Count > 0 && !_refused);
            batch.Clear();
        }
        _checkpoint.Stop();
        CloseConnection();
        _checkpoint.Dispose();
        _drained.SetResult();
    }

    /// <summary>False once the queue is closed and empty. Wakes up without work when a checkpoint is due.</summary>
    private bool WaitForWork()
    {
        // One wait until it ends: each that is given up would stay in the channel until the next write.
        _waiting ??= _channel.Reader.WaitToReadAsync().AsTask();
        if (_dirty && !_waiting.Wait(_checkpointEvery)) return true;
        var more = _waiting.GetAwaiter().GetResult();
        _waiting = null;
        return more;
    }

    /// <summary>
    /// Commits the batch. A piece of work that throws fails alone: the others are run again without it, and one by one when another throws
    /// too, so that many bad ones cost their neighbours one commit each and not more. When the database itself fails, all do: trying each of
    /// a thousand on a full disk would only keep everybody waiting.
    /// </summary>
    private void Commit(List<Work> batch)
    {
        if (TryCommit(batch) is not { } first) return;
        batch.Remove(first);
        if (batch.Count == 0 || TryCommit(batch) is not { } second) return;
        batch.Remove(second);
        foreach (var work in batch) TryCommit([work]);
    }

    /// <summary>Null when every piece of work got its answer; otherwise the one that threw, which has been told, while the others have not run.</summary>
    private Work? TryCommit(List<Work> batch)
    {
        Work? running = null;
        try
        {
            Announce(RunTransaction(batch, ref running));
            _refused = false;
            foreach (var work in batch) work.Succeed();
        }
        catch (Exception error) when (running is not null && !_dialect.IsOwnFailure(error))
        {
            running.Fail(error);
            return running;
        }
        catch (Exception error)
        {
            _refused = true;
            Volatile.Write(ref _failedAt, Environment.TickCount64);
            _log.LogError(StorageFailed, "The database could not write {Count} pieces of work: {Exception}", batch.Count, error.GetType().Name);
            foreach (var work in batch) work.Fail(new StorageException(error));
        }
        return null;
    }

    // The batch is on disk: whatever goes wrong from here on, its callers are told so, and who follows is told whatever befell the one before.
    private void Announce(WriteTransaction transaction)
    {
        foreach (var campaignId in transaction.MovedCounts) Follow(() => CountsMoved?.Invoke(campaignId));
        foreach (var follow in transaction.Followers) Follow(follow);
    }

    private void Follow(Action follow)
    {
        try
        {
            follow();
        }
#pragma warning disable CA1031 // Committed is committed, whatever those who listen make of it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _log.LogError(FollowUpFailed, "What was to follow a commit failed: {Exception}\n{Stack}", error.GetType().Name, error.StackTrace);
        }
    }

    private WriteTransaction RunTransaction(List<Work> batch, ref Work? running)
    {
        _writeLock.Take(_lockPatience);
        try
        {
            var writing = _writing ??= new WritingConnection(_dialect.OpenForWriting());
            var transaction = new WriteTransaction(writing, _ids, _writer, _time.UtcNow());
            // Plain statements: SqliteTransaction hides the first error behind a second one when the disk is full.
            writing.Prepare(Begin).Run();
            _keys.FollowInTransaction(writing);
            foreach (var work in batch)
            {
                running = work;
                work.Run(transaction);
            }
            running = null;
            transaction.FlushCounters();
            _journal.AppendActs(transaction.Acts);
            writing.Prepare(End).Run();
            _dirty = true;
            return transaction;
        }
        catch (Exception)
        {
            // A connection that saw an error is not trusted again; closing it rolls back.
            CloseConnection();
            throw;
        }
        finally
        {
            _writeLock.Release();
        }
    }

    // What is committed is in the log, and stays there until it is copied.
    private void CheckpointWhenDue(bool committed)
    {
        try
        {
            if (committed) _checkpoint.BeginWhenDue();
            if (_checkpoint.CanFinish(idle: !committed) && _writeLock.TryTake()) FinishCheckpoint();
        }
#pragma warning disable CA1031 // Whatever keeps the log from being copied keeps nobody from signing.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _log.LogWarning(StorageFailed, "The write-ahead log could not be written back yet: {Exception}", error.GetType().Name);
        }
    }

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
            return (_writing ??= new WritingConnection(_dialect.OpenForWriting())).Prepare(checkpoint).ReadFirst(row => (row.Long(1), row.Long(2)));
        }
        catch
        {
            CloseConnection();
            throw;
        }
    }

    private void CloseConnection()
    {
        var writing = _writing;
        _writing = null;
        writing?.Dispose();
    }

    private abstract class Work
    {
        public abstract void Run(WriteTransaction transaction);

        public abstract void Succeed();

        public abstract void Fail(Exception error);
    }

    private sealed class Work<T>(Func<WriteTransaction, T> work) : Work
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Task => _done.Task;

        public override void Run(WriteTransaction transaction) => _result = work(transaction);

        public override void Succeed() => _done.TrySetResult(_result);

        public override void Fail(Exception error) => _done.TrySetException(error);
    }
}
