using System.Collections.Concurrent;

namespace Campaigns.Worker.Packets;

/// <summary>
/// Reading and opening rows takes a packet about as long as setting them: done side by side they
/// keep two processors busy.
/// </summary>
internal static class Prefetch
{
    // A page of a thousand lines each: what one side gains on the other in a moment, and no more.
    private const int Most = 3;

    /// <summary>
    /// Walks a sequence on a thread of its own, a few items ahead of whoever takes them. What it
    /// throws is thrown to the taker; when the taker stops early, so does it, and it has ended when
    /// the taker's walk has.
    /// </summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> items)
    {
        using var stop = new CancellationTokenSource();
        using var ahead = new BlockingCollection<T>(Most);
        // Its own thread: of those that answer requests there are as many as processors.
        var reading = Task.Factory.StartNew(
            () => Read(items, ahead, stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            foreach (var item in ahead.GetConsumingEnumerable())
                yield return item;
            reading.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            // Without throwing: a taker who stops early has a reason of its own.
            Task.WaitAny(reading);
        }
    }

    private static void Read<T>(IEnumerable<T> items, BlockingCollection<T> ahead, CancellationToken stop)
    {
        try
        {
            foreach (var item in items)
                ahead.Add(item, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody takes any more.
        }
        finally
        {
            ahead.CompleteAdding();
        }
    }
}
