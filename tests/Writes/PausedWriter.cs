using Campaigns.Db.Writes;

namespace Campaigns.Tests.Writes;

/// <summary>
/// Keeps a writer busy, so that what comes meanwhile waits. Disposing lets go, so that a test that
/// fails leaves no writer behind that nobody can close.
/// </summary>
internal sealed class PausedWriter : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new();
    private Task _work = Task.CompletedTask;

    /// <summary>
    /// Returns once the writer stands still. Let go, it does that work, if any, in the same write.
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
        await hold._held.Task.WaitAsync(_timeout);
        return hold;
    }

    /// <summary>
    /// Lets the writer go on; the task ends once the write it was held in is committed.
    /// </summary>
    public Task ReleaseAsync()
    {
        _released.TrySetResult();
        return _work.WaitAsync(_timeout);
    }

    public void Dispose() => _released.TrySetResult();

    private void Wait()
    {
        _held.TrySetResult();
        Assert.True(_released.Task.Wait(_timeout), "Nobody lets go.");
    }
}
