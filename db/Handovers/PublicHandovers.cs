using System.Collections.Concurrent;
using Campaigns.Db.Caching;

namespace Campaigns.Db.Handovers;

/// <summary>
/// The public hand-overs of each campaign, without notes. They are cached, because every view of a
/// campaign shows them; the commit of a change evicts them.
/// </summary>
public sealed class PublicHandovers(Database database, HandoverReader reader, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, CachedValue<IReadOnlyList<Handover>>> _byCampaign = new();

    /// <summary>Oldest first. The same list until a commit changes one.</summary>
    public ValueTask<IReadOnlyList<Handover>> OfAsync(long campaignId) => Cached(campaignId).GetAsync();

    internal void Evict(long campaignId) => Cached(campaignId).Invalidate();

    private CachedValue<IReadOnlyList<Handover>> Cached(long campaignId) =>
        _byCampaign.TryGetValue(campaignId, out var cached)
            ? cached
            : _byCampaign.GetOrAdd(campaignId, id => new CachedValue<IReadOnlyList<Handover>>(
                () => reader.ListPublic(id),
                time,
                database.CacheLifetime
            ));
}
