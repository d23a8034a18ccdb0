namespace Campaigns.Db.Writes;

/// <summary>Work that waits for its batch, and whoever waits for it.</summary>
internal abstract class WorkItem
{
    /// <summary>What runs together.</summary>
    public abstract object Kind { get; }

    /// <summary>Runs all of one kind, of which this is one.</summary>
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

/// <summary>Work of its own kind.</summary>
internal sealed class SingleWorkItem<T>(Func<WriteTransaction, T> work) : WorkItem<T>
{
    public override object Kind => this;

    public override void Run(WriteTransaction transaction, List<WorkItem> all) => Result = work(transaction);
}

/// <summary>Work that is asked for often, and done for all who ask in one batch.</summary>
internal sealed class BatchedWorkItem<TItem, TResult>(
    Func<WriteTransaction, IReadOnlyList<TItem>, IReadOnlyList<TResult>> together,
    TItem item
) : WorkItem<TResult>
{
    private readonly TItem _item = item;

    public override object Kind => together;

    public override void Run(WriteTransaction transaction, List<WorkItem> all)
    {
        var members = all.ConvertAll(work => (BatchedWorkItem<TItem, TResult>)work);
        var results = together(transaction, members.ConvertAll(member => member._item));
        foreach (var (place, member) in members.Index())
            member.Result = results[place];
    }
}
