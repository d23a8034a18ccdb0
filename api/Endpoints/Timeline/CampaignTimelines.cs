using System.Collections.Concurrent;
using Campaigns.Db.Handovers;
using Campaigns.Db.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>
/// Caches the public timelines by language until an entry, a milestone, a hand-over or the campaign
/// changes, so a view of a campaign reads nothing and renders no Markdown.
/// </summary>
internal sealed class CampaignTimelines(PublicTimeline entries, PublicHandovers handovers)
{
    private readonly ConcurrentDictionary<(long Campaign, string Locale), Cached> _cache = new();

    /// <summary>The same object while nothing changes.</summary>
    public async ValueTask<CampaignTimeline> OfAsync(Campaign campaign, string locale)
    {
        var written = await entries.OfAsync(campaign.Id);
        var delivered = await handovers.OfAsync(campaign.Id);
        if (
            _cache.TryGetValue((campaign.Id, locale), out var cached)
            && ReferenceEquals(cached.Campaign, campaign)
            && ReferenceEquals(cached.Entries, written)
            && ReferenceEquals(cached.Handovers, delivered)
        )
            return cached.Timeline;
        var items = new TimelineComposer(campaign, new TimelineWords(locale)).Compose(written, delivered);
        var timeline = new CampaignTimeline(items, FigureSeries.Of(items));
        _cache[(campaign.Id, locale)] = new Cached(campaign, written, delivered, timeline);
        return timeline;
    }

    private sealed record Cached(
        Campaign Campaign,
        PublicEntries Entries,
        IReadOnlyList<Handover> Handovers,
        CampaignTimeline Timeline
    );
}
