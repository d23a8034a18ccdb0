using System.Collections.Concurrent;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// Reads ahead on another thread. Reading and decrypting the rows of a packet takes about as long
/// as setting them, so the two run in parallel on two processors.
/// </summary>
internal static class Prefetch
{
    // An item is a page of a thousand lines. Three pages even out short differences in speed.
    private const int Capacity = 3;

    /// <summary>
    /// Enumerates a sequence on its own thread, a few items ahead of the consumer. The consumer
    /// gets exceptions of the sequence. If the consumer stops early, the thread stops too; it has
    /// ended when the consumer's enumeration ends.
    /// </summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> items)
    {
        using var stop = new CancellationTokenSource();
        using var ahead = new BlockingCollection<T>(Capacity);
        // Its own thread, because the thread pool, which serves requests, has as many threads as processors.
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
            // WaitAny does not throw, so it does not replace the exception of a consumer that stops early.
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
            // The consumer has stopped.
        }
        finally
        {
            ahead.CompleteAdding();
        }
    }
}
