using Campaigns.Db.Engine;

namespace Campaigns.Tests.Stores.Engine;

/// <summary>
/// Blocks a writer, so that later work is queued. Disposing releases it, so that a failed test does
/// not leave a writer that cannot be closed.
/// </summary>
internal sealed class PausedWriter : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new();
    private Task _work = Task.CompletedTask;

    /// <summary>
    /// Returns once the writer is blocked. After the release the writer runs
    /// <paramref name="work"/>, if set, in the same write.
    /// </summary>
    public static async Task<PausedWriter> OnAsync(WriteQueue queue, Action<WriteTransaction>? work = null)
    {
        var hold = new PausedWriter();
        hold._work = queue.RunAsync(write =>
        {
            hold.Wait();
            work?.Invoke(write);
            return true;
        });
        await hold._blocked.Task.WaitAsync(_timeout);
        return hold;
    }

    /// <summary>
    /// Releases the writer; the task completes once the blocked write is committed.
    /// </summary>
    public Task ReleaseAsync()
    {
        _released.TrySetResult();
        return _work.WaitAsync(_timeout);
    }

    public void Dispose() => _released.TrySetResult();

    private void Wait()
    {
        _blocked.TrySetResult();
        Assert.True(_released.Task.Wait(_timeout), "The writer was not released.");
    }
}
