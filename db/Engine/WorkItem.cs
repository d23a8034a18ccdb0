namespace Campaigns.Db.Engine;

/// <summary>Work that waits for its batch, with the result for its caller.</summary>
internal abstract class WorkItem
{
    /// <summary>Items of the same kind run runBatch.</summary>
    public abstract object Kind { get; }

    /// <summary>Runs all items of one kind, including this one.</summary>
    public abstract void Run(WriteTransaction transaction, List<WorkItem> all);

    public abstract void Succeed();

    public abstract void Fail(Exception error);
}

internal abstract class WorkItem<T> : WorkItem
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    protected T Result { get; set; } = default!;

    public override void Succeed() => _done.TrySetResult(Result);

    public override void Fail(Exception error) => _done.TrySetException(error);
}

/// <summary>Work that runs separately.</summary>
internal sealed class SingleWorkItem<T>(Func<WriteTransaction, T> work) : WorkItem<T>
{
    public override object Kind => this;

    public override void Run(WriteTransaction transaction, List<WorkItem> all) => Result = work(transaction);
}

/// <summary>Frequent work, which runs once for all items of a batch.</summary>
internal sealed class BatchedWorkItem<TItem, TResult>(
    Func<WriteTransaction, IReadOnlyList<TItem>, IReadOnlyList<TResult>> runBatch,
    TItem item
) : WorkItem<TResult>
{
    private readonly TItem _item = item;

    public override object Kind => runBatch;

    public override void Run(WriteTransaction transaction, List<WorkItem> all)
    {
        var items = all.ConvertAll(work => (BatchedWorkItem<TItem, TResult>)work);
        var results = runBatch(transaction, items.ConvertAll(workItem => workItem._item));
        foreach (var (place, workItem) in items.Index())
            workItem.Result = results[place];
    }
}
