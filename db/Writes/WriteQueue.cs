using System.Threading.Channels;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Writes;

/// <summary>
/// Group commit: one thread drains a bounded channel and commits what queued during the last commit
/// as one transaction. Every caller's task ends only after its own commit is durable. Work of one
/// kind runs together, so that its rows can travel together. A piece of work that throws fails
/// alone: its batch is rolled back and run again without it.
/// </summary>
public sealed class WriteQueue : IAsyncDisposable
{
    /// <summary>Operators hang alarms on it; it stays (docs/operating.md).</summary>
    public static readonly EventId StorageFailed = new(3004, nameof(StorageFailed));

    /// <summary>
    /// What is held in memory may lag behind the database until the next change or start.
    /// </summary>
    public static readonly EventId FollowUpFailed = new(3007, nameof(FollowUpFailed));

    private const int Capacity = 8192;
    private const int LargestBatch = 1024;
    private const int MostRuns = 5;

    private readonly Channel<WorkItem> _channel = Channel.CreateBounded<WorkItem>(
        new BoundedChannelOptions(Capacity) { SingleReader = true }
    );
    private readonly Dialect _dialect;
    private readonly WriterSession _writer;
    private readonly Journal _journal;
    private readonly KeyRing _keys;
    private readonly TimeProvider _time;
    private readonly ILogger<WriteQueue> _log;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<bool>? _waiting;
    private long _failedAt = long.MinValue;
    private bool _refused;

    internal WriteQueue(
        Dialect dialect,
        WriterSession writer,
        Journal journal,
        KeyRing keys,
        TimeProvider time,
        ILogger<WriteQueue> log
    )
    {
        _dialect = dialect;
        _writer = writer;
        _journal = journal;
        _keys = keys;
        _time = time;
        _log = log;
        new Thread(Drain) { IsBackground = true, Name = "writer" }.Start();
    }

    /// <summary>
    /// Names each campaign whose public counts a batch moved, once it is durable and before its
    /// callers know. Must not throw.
    /// </summary>
    internal event Action<long>? CountsChanged;

    /// <summary>
    /// Raised on the writer thread after each commit that queued work, to wake the worker; a worker
    /// also looks by itself, because other processes commit too. Must be quick and must not throw.
    /// </summary>
    public event Action<PendingWork>? WorkQueued;

    /// <summary>
    /// An id for a row that is prepared before it is queued, for instance because sealing needs it.
    /// </summary>
    public long NextId() => _writer.Ids.Next();

    /// <summary>
    /// Runs work on the writer thread and returns its result once it is durable. Work must be
    /// synchronous, short and free of effects outside its transaction, since it may run twice.
    /// Throws <see cref="OverloadedException"/> at once when the queue is full; a cancelled caller
    /// stops waiting, which says nothing about whether the write happened.
    /// </summary>
    public Task<T> RunAsync<T>(Func<WriteTransaction, T> work, CancellationToken cancellation = default) =>
        Queue(new SingleWorkItem<T>(work), cancellation);

    /// <summary>
    /// The same for work that is asked for often: <paramref name="together"/> gets what of a batch
    /// waits for it, and answers each in its place. The same delegate is the same kind of work, so
    /// a caller keeps it. It may be run with all, and again with one at a time when it throws.
    /// </summary>
    internal Task<TResult> RunAsync<TItem, TResult>(
        Func<WriteTransaction, IReadOnlyList<TItem>, IReadOnlyList<TResult>> together,
        TItem item,
        CancellationToken cancellation = default
    ) => Queue(new BatchedWorkItem<TItem, TResult>(together, item), cancellation);

    /// <summary>
    /// True when the disk or the database refused a write that short a time ago. On a full disk
    /// some writes still find room in the log, so that one success says little.
    /// </summary>
    public bool FailedWithin(TimeSpan time) =>
        Volatile.Read(ref _failedAt) is var at
        && at != long.MinValue
        && Environment.TickCount64 - at < time.TotalMilliseconds;

    /// <summary>How many pieces of work wait for the batch under way to end.</summary>
    internal int Waiting => _channel.Reader.Count;

    /// <summary>Commits what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await _drained.Task;
    }

    private Task<T> Queue<T>(WorkItem<T> work, CancellationToken cancellation) =>
        _channel.Writer.TryWrite(work) ? work.Task.WaitAsync(cancellation) : throw new OverloadedException();

    private void Drain()
    {
        var batch = new List<WorkItem>(LargestBatch);
        while (WaitForWork())
        {
            while (batch.Count < LargestBatch && _channel.Reader.TryRead(out var work))
                batch.Add(work);
            if (batch.Count > 0)
                Commit(batch);
            _writer.RunMaintenance(committed: batch.Count > 0 && !_refused);
            batch.Clear();
        }
        _writer.Dispose();
        _drained.SetResult();
    }

    /// <summary>
    /// False once the queue is closed and empty. Wakes up without work when the writer has
    /// something to do.
    /// </summary>
    private bool WaitForWork()
    {
        // One wait until it ends: each that is given up would stay in the channel until the next write.
        _waiting ??= _channel.Reader.WaitToReadAsync().AsTask();
        if (_writer.MaintenanceInterval is { } pause && !_waiting.Wait(pause))
            return true;
        var more = _waiting.GetAwaiter().GetResult();
        _waiting = null;
        return more;
    }

    /// <summary>
    /// Commits the batch. A piece of work that throws fails alone: the others are run again without
    /// it, and one by one when another throws too, so that many bad ones cost their neighbours one
    /// commit each and not more. When the database itself fails, all do: trying each of a thousand
    /// on a full disk would only keep everybody waiting.
    /// </summary>
    private void Commit(List<WorkItem> batch)
    {
        var groups = batch
            .GroupBy(work => work.Kind, ReferenceEqualityComparer.Instance)
            .Select(group => group.ToList())
            .ToList();
        if (TryCommit(groups) is not { } failed)
            return;
        // Which of several it was shows when each runs by itself.
        if (failed.Count > 1)
        {
            failed = TryCommit(RunIndividually(batch));
            if (failed is null)
                return;
        }
        var rest = Unreported(batch, failed);
        // What goes along with the commit fails there: whose it was shows only when each is committed by itself.
        if (failed.Count == 1)
        {
            if (rest.Count == 0 || TryCommit(RunIndividually(rest)) is not { } second)
                return;
            rest = Unreported(rest, second);
        }
        foreach (var work in rest)
            TryCommit([
                [work],
            ]);
    }

    // Of several that may have failed none has been told yet.
    private static List<WorkItem> Unreported(List<WorkItem> batch, List<WorkItem> failed) =>
        failed.Count > 1 ? batch : [.. batch.Except(failed)];

    private static List<List<WorkItem>> RunIndividually(IEnumerable<WorkItem> batch) =>
        [.. batch.Select(work => (List<WorkItem>)[work])];

    /// <summary>
    /// Null when every piece of work got its answer; otherwise those of whom one threw, while
    /// nothing has been done. Where it is one, it has been told.
    /// </summary>
    private List<WorkItem>? TryCommit(List<List<WorkItem>> groups)
    {
        for (var run = 1; ; run++)
        {
            List<WorkItem>? running = null;
            try
            {
                ReportResults(RunTransaction(groups, ref running));
                _refused = false;
                foreach (var work in groups.SelectMany(group => group))
                    work.Succeed();
                return null;
            }
            catch (Exception error)
            {
                // With nothing of it done, and what stood in its way gone.
                var cause = error;
                if (run < MostRuns && IsTransient(ref cause))
                    continue;
                if (!IsDatabaseFailure(cause))
                {
                    // What was put off till later shows its error when it is done, which may be at the end.
                    var suspects = running ?? [.. groups.SelectMany(group => group)];
                    if (suspects.Count == 1)
                        suspects[0].Fail(error);
                    return suspects;
                }
                FailAll(groups, cause);
                return null;
            }
        }
    }

    private void FailAll(List<List<WorkItem>> groups, Exception error)
    {
        _refused = true;
        Volatile.Write(ref _failedAt, Environment.TickCount64);
        var all = groups.SelectMany(group => group).ToList();
        // These say what the operator has to do; any other's words may quote a row.
        var reason = error is FencedException or KeysRefusedException or StartRefusedException
            ? error.Message
            : error.GetType().Name;
        _log.LogError(
            StorageFailed,
            "The database could not write {Count} pieces of work: {Reason}",
            all.Count,
            reason
        );
        foreach (var work in all)
            work.Fail(new StorageException(error));
    }

    private bool IsDatabaseFailure(Exception error) =>
        error
            is FencedException
                or KeysRotatedException
                or KeysRefusedException
                or WriterLeaseLostException
                or StartRefusedException
        || _dialect.IsDatabaseFailure(error);

    /// <summary>
    /// True when what stood in the batch's way is gone; where that could not be done,
    /// <paramref name="error"/> says why.
    /// </summary>
    private bool IsTransient(ref Exception error)
    {
        try
        {
            if (error is not KeysRotatedException)
                return _writer.TryRecover(error);
            _keys.RefreshForWrites();
            return true;
        }
        catch (Exception failure) when (IsDatabaseFailure(failure))
        {
            error = failure;
            return false;
        }
    }

    // The batch is durable: whatever goes wrong from here on, its callers are told so, and who follows is told whatever
    // befell the one before.
    private void ReportResults(WriteTransaction transaction)
    {
        if (transaction.QueuedWork != PendingWork.None)
            Follow(() => WorkQueued?.Invoke(transaction.QueuedWork));
        foreach (var campaignId in transaction.ChangedCounts)
            Follow(() => CountsChanged?.Invoke(campaignId));
        foreach (var follow in transaction.Followers)
            Follow(follow);
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
            _log.LogError(
                FollowUpFailed,
                "What was to follow a commit failed: {Exception}\n{Stack}",
                error.GetType().Name,
                error.StackTrace
            );
        }
    }

    private WriteTransaction RunTransaction(List<List<WorkItem>> groups, ref List<WorkItem>? running)
    {
        var writing = _writer.Acquire();
        try
        {
            var transaction = new WriteTransaction(writing, _dialect, _writer.Ids, _writer.Number, _time.UtcNow());
            writing.Begin(new BatchPreconditions(_keys.State));
            foreach (var group in groups)
            {
                running = group;
                group[0].Run(transaction, group);
                // So that an error is its own.
                if (group.Count == 1 && groups.Count > 1)
                    writing.FlushDeferred();
            }
            running = null;
            transaction.FlushCounters();
            _journal.AppendEntries(transaction.JournalEntries);
            writing.Commit();
            return transaction;
        }
        catch (Exception)
        {
            _writer.Discard();
            throw;
        }
        finally
        {
            _writer.Release();
        }
    }
}
