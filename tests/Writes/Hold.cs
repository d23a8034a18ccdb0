using Campaigns.Db.Writes;

namespace Campaigns.Tests.Writes;

/// <summary>Keeps a writer busy, so that what comes meanwhile waits. Disposing lets go, so that a test that fails leaves no writer behind that nobody can close.</summary>
internal sealed class Hold : IDisposable
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Returns once the writer stands still.</summary>
    public static async Task<Hold> OnAsync(WriteQueue queue)
    {
        var hold = new Hold();
        hold._work = queue.RunAsync(_ => hold.Wait());
        await hold._held.Task;
        return hold;
    }

    /// <summary>Lets the writer go on; the task ends once the write it was held in is committed.</summary>
    public Task ReleaseAsync()
    {
        _released.TrySetResult();
        return _work;
    }

    public void Dispose() => _released.TrySetResult();

    private bool Wait()
    {
        _held.TrySetResult();
        _released.Task.Wait();
        return true;
    }
}
