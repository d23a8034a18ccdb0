using System.Threading.Channels;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Engine;

/// <summary>
/// Group commit: one thread drains a bounded channel and commits the work queued during the last
/// commit as one transaction. A caller's task ends only after its own commit is durable. Work of
/// one kind runs together, so that its rows are sent together. A work item that throws fails alone
/// (see <see cref="BatchCommitter"/>).
/// </summary>
public sealed class WriteQueue : IAsyncDisposable
{
    /// <summary>
    /// Operators set alarms on this event, so it must not change (docs/operating.md).
    /// </summary>
    public static readonly EventId StorageFailed = new(3004, nameof(StorageFailed));

    /// <summary>
    /// A callback after a commit failed: cached values may lag behind the database until the next
    /// change or start.
    /// </summary>
    public static readonly EventId FollowUpFailed = new(3007, nameof(FollowUpFailed));

    private const int Capacity = 8192;
    private const int LargestBatch = 1024;

    private readonly Channel<WorkItem> _channel = Channel.CreateBounded<WorkItem>(
        new BoundedChannelOptions(Capacity) { SingleReader = true }
    );
    private readonly WriterSession _writer;
    private readonly BatchCommitter _committer;
    private readonly ILogger<WriteQueue> _log;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<bool>? _waiting;

    internal WriteQueue(
        Dialect dialect,
        WriterSession writer,
        Journal journal,
        KeyRing keys,
        TimeProvider time,
        ILogger<WriteQueue> log
    )
    {
        _writer = writer;
        _committer = new BatchCommitter(dialect, writer, journal, keys, time, log, ReportResults);
        _log = log;
        new Thread(Drain) { IsBackground = true, Name = "writer" }.Start();
    }

    /// <summary>
    /// Raised for each campaign whose public counts a batch changed, after the commit and before
    /// its callers get their results. Must not throw.
    /// </summary>
    internal event Action<long>? CountsChanged;

    /// <summary>
    /// Raised on the writer thread after each commit that queued work, to wake the worker. The
    /// worker also polls, because other processes commit too. Must be quick and must not throw.
    /// </summary>
    public event Action<PendingWork>? WorkQueued;

    /// <summary>
    /// Returns an id for a row that is prepared before it is queued, for instance because
    /// encryption needs the id.
    /// </summary>
    public long NextId() => _writer.Ids.Next();

    /// <summary>
    /// Runs work on the writer thread and returns its result once it is durable. Work must be
    /// synchronous, short and without effects outside its transaction, since it may run twice.
    /// Throws <see cref="OverloadedException"/> at once when the queue is full. A cancelled caller
    /// stops waiting, but the write may still happen.
    /// </summary>
    public Task<T> RunAsync<T>(Func<WriteTransaction, T> work, CancellationToken cancellation = default) =>
        Queue(new SingleWorkItem<T>(work), cancellation);

    /// <summary>
    /// The same for frequent work. <paramref name="runBatch"/> gets all items of a batch and
    /// returns their results in the same order. Items are of one kind if they have the same
    /// delegate, so callers must reuse it. When it throws, it runs again with one item at a time.
    /// </summary>
    internal Task<TResult> RunAsync<TItem, TResult>(
        Func<WriteTransaction, IReadOnlyList<TItem>, IReadOnlyList<TResult>> runBatch,
        TItem item,
        CancellationToken cancellation = default
    ) => Queue(new BatchedWorkItem<TItem, TResult>(runBatch, item), cancellation);

    /// <summary>
    /// True when the disk or the database refused a write within this period. On a full disk some
    /// writes still fit into the log, so one success proves little.
    /// </summary>
    public bool FailedWithin(TimeSpan period) => _committer.FailedWithin(period);

    /// <summary>The number of work items that wait for the current batch to end.</summary>
    internal int Waiting => _channel.Reader.Count;

    /// <summary>Commits the queued work, then closes the connection.</summary>
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
                _committer.Commit(batch);
            _writer.RunMaintenance(committed: batch.Count > 0 && !_committer.IsFailing);
            batch.Clear();
        }
        _writer.Dispose();
        _drained.SetResult();
    }

    /// <summary>
    /// Waits for work. Returns false once the queue is closed and empty. Returns true without work
    /// when the writer has maintenance to do.
    /// </summary>
    private bool WaitForWork()
    {
        // Reuse one pending wait: each abandoned wait would stay in the channel until the next write.
        _waiting ??= _channel.Reader.WaitToReadAsync().AsTask();
        if (_writer.MaintenanceInterval is { } pause && !_waiting.Wait(pause))
            return true;
        var more = _waiting.GetAwaiter().GetResult();
        _waiting = null;
        return more;
    }

    // The batch is durable. Every caller gets its result even if an earlier callback throws.
    private void ReportResults(WriteTransaction transaction)
    {
        if (transaction.QueuedWork != PendingWork.None)
            RunCallback(() => WorkQueued?.Invoke(transaction.QueuedWork));
        foreach (var campaignId in transaction.ChangedCounts)
            RunCallback(() => CountsChanged?.Invoke(campaignId));
        foreach (var callback in transaction.AfterCommitCallbacks)
            RunCallback(callback);
    }

    private void RunCallback(Action callback)
    {
        try
        {
            callback();
        }
#pragma warning disable CA1031 // The commit succeeded, so no callback error may reach its callers.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _log.LogError(
                FollowUpFailed,
                "A callback after a commit failed: {Exception}\n{Stack}",
                error.GetType().Name,
                error.StackTrace
            );
        }
    }
}
