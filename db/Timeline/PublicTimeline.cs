using System.Collections.Concurrent;
using Campaigns.Db.Caching;

namespace Campaigns.Db.Timeline;

/// <summary>
/// What the public sees of each campaign's timeline, hand-overs aside. It is cached, because every
/// view of a campaign shows it; the commit of a change evicts it.
/// </summary>
public sealed class PublicTimeline(Database database, TimelineReader reader, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, CachedValue<PublicEntries>> _byCampaign = new();

    /// <summary>The same object until a commit changes it.</summary>
    public ValueTask<PublicEntries> OfAsync(long campaignId) => Cached(campaignId).GetAsync();

    internal void Evict(long campaignId) => Cached(campaignId).Invalidate();

    private CachedValue<PublicEntries> Cached(long campaignId) =>
        _byCampaign.TryGetValue(campaignId, out var cached)
            ? cached
            : _byCampaign.GetOrAdd(campaignId, id => new CachedValue<PublicEntries>(
                () => new PublicEntries(reader.ListPublic(id), reader.ListMilestones(id)),
                time,
                database.CacheLifetime
            ));
}
