using System.Collections.Concurrent;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Campaigns;

/// <summary>
/// Campaigns as anyone may see them, written out once until they, or their counts, change.
/// </summary>
internal sealed class CampaignResponseCache(CampaignStore campaigns, LiveCounts counts, IOptions<JsonOptions> json)
{
    private readonly ConcurrentDictionary<(long Campaign, string Locale), CachedCampaign> _written = new();
    private CachedCampaignList _list = new([], CachedResponse.Json(Array.Empty<CampaignSummary>(), json));

    public async ValueTask<CachedResponse> OfAsync(Campaign campaign, string locale)
    {
        var now = await counts.OfAsync(campaign);
        if (
            _written.TryGetValue((campaign.Id, locale), out var written)
            && ReferenceEquals(written.Campaign, campaign)
            && written.Confirmed == now.Confirmed
        )
            return written.Answer;
        written = new CachedCampaign(
            campaign,
            now.Confirmed,
            CachedResponse.Json(CampaignView.From(campaign, now, locale), json)
        );
        _written[(campaign.Id, locale)] = written;
        return written.Answer;
    }

    /// <summary>The open ones, newest first.</summary>
    public async ValueTask<CachedResponse> ListAsync()
    {
        var open = new List<(Campaign Campaign, long Confirmed)>();
        foreach (var campaign in await campaigns.ListAsync())
            if (campaign.State == CampaignState.Open)
                open.Add((campaign, (await counts.OfAsync(campaign)).Confirmed));
        var list = Volatile.Read(ref _list);
        if (list.Of.SequenceEqual(open))
            return list.Answer;
        list = new CachedCampaignList(
            open,
            CachedResponse.Json(open.Select(one => CampaignSummary.From(one.Campaign, one.Confirmed)).ToArray(), json)
        );
        Volatile.Write(ref _list, list);
        return list.Answer;
    }

    private sealed record CachedCampaign(Campaign Campaign, long Confirmed, CachedResponse Answer);

    private sealed record CachedCampaignList(
        IReadOnlyList<(Campaign Campaign, long Confirmed)> Of,
        CachedResponse Answer
    );
}
