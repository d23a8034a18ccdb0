using System.Runtime.InteropServices;

namespace Campaigns.Api.Http;

/// <summary>
/// Counts the requests of each network in a window that begins with its first request. The counts
/// are in memory and end with the process. Rejected: the framework's limiter, a partition for each
/// network, because its timer visits every partition ten times a second: with 65,536 networks it
/// used a quarter of a processor, and its locks slowed down signing.
/// </summary>
internal sealed class RequestWindow(TimeSpan length, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Dictionary<ulong, Counted> _counted = [];

    // Networks that were last counted before the dictionaries were exchanged. A window that lasts until the next
    // exchange is moved by its next request, so those that are dropped have ended.
    private Dictionary<ulong, Counted> _earlier = [];
    private long _exchangedAt = time.GetTimestamp();

    /// <summary>
    /// Counts a request of a network. Returns null, or the time until its window ends if it has
    /// had more than <paramref name="most"/>.
    /// </summary>
    public TimeSpan? Count(ulong network, int most)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (time.GetElapsedTime(_exchangedAt, now) >= length)
            {
                (_earlier, _counted) = (_counted, []);
                _exchangedAt = now;
            }
            ref var counted = ref CollectionsMarshal.GetValueRefOrAddDefault(_counted, network, out var isKnown);
            if (!isKnown)
                counted = _earlier.GetValueOrDefault(network);
            if (counted.Requests == 0 || time.GetElapsedTime(counted.Since, now) >= length)
                counted = new Counted(now, 0);
            if (counted.Requests < most)
            {
                counted = counted with { Requests = counted.Requests + 1 };
                return null;
            }
            return length - time.GetElapsedTime(counted.Since, now);
        }
    }

    /// <summary>True if a further request would be too many; counts nothing.</summary>
    public bool IsFull(ulong network, int most)
    {
        lock (_lock)
            return (_counted.TryGetValue(network, out var counted) || _earlier.TryGetValue(network, out counted))
                && counted.Requests >= most
                && time.GetElapsedTime(counted.Since) < length;
    }

    private readonly record struct Counted(long Since, int Requests);
}
