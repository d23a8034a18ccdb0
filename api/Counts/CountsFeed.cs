using System.Collections.Concurrent;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Counts;

/// <summary>The counts that many watch at once: however many streams are open, the database is asked once a second for each campaign.</summary>
internal sealed class CountsFeed(CountStore counts, TimeProvider time)
{
    public static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, Look> _looks = new();

    /// <summary>Counts that are at most a second old.</summary>
    public PublicCounts Of(Campaign campaign)
    {
        var look = _looks.GetOrAdd(campaign.Id, _ => new Look());
        lock (look)
        {
            if (look.Counts is null || time.GetElapsedTime(look.At) >= AtMostEvery)
            {
                look.Counts = counts.Public(campaign);
                look.At = time.GetTimestamp();
            }
            return look.Counts;
        }
    }

    private sealed class Look
    {
        public long At { get; set; }
        public PublicCounts? Counts { get; set; }
    }
}
