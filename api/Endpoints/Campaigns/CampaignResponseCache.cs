using System.Collections.Concurrent;
using Campaigns.Api.Endpoints.Handovers;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Handovers;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// Caches the public responses for campaigns until the campaign, its counts or its
/// public hand-overs change.
/// </summary>
internal sealed class CampaignResponseCache(
    CampaignStore campaigns,
    LiveCounts counts,
    PublicHandovers handovers,
    TimeProvider time,
    IOptions<JsonOptions> json
)
{
    private static readonly ListRequest _firstPage = new(ListRequest.DefaultLimit, After: null);

    private readonly ConcurrentDictionary<(long Campaign, string Locale), CachedCampaign> _cache = new();
    private CachedCampaignList _list = new([], CachedResponse.Json(new ListView<CampaignSummary>([], null), json));

    public async ValueTask<CachedResponse> OfAsync(Campaign campaign, string locale)
    {
        var now = await counts.OfAsync(campaign);
        var delivered = await handovers.OfAsync(campaign.Id);
        // The days without an answer change at midnight.
        var today = delivered.Count > 0 ? time.Today(campaign) : default;
        if (
            _cache.TryGetValue((campaign.Id, locale), out var cached)
            && ReferenceEquals(cached.Campaign, campaign)
            && cached.Confirmed == now.Confirmed
            && ReferenceEquals(cached.Handovers, delivered)
            && cached.Today == today
        )
            return cached.Response;
        cached = new CachedCampaign(
            campaign,
            now.Confirmed,
            delivered,
            today,
            CachedResponse.Json(
                CampaignView.From(
                    campaign,
                    now,
                    locale,
                    [.. delivered.Select(one => PublicHandoverView.From(one, campaign, today))]
                ),
                json
            )
        );
        _cache[(campaign.Id, locale)] = cached;
        return cached.Response;
    }

    /// <summary>Open campaigns, newest first. The first page is cached.</summary>
    public async ValueTask<CachedResponse> ListAsync(ListRequest page)
    {
        var open = new List<(Campaign Campaign, long Confirmed)>();
        foreach (var campaign in await campaigns.ListAsync())
            if (campaign.IsListed && campaign.Id < page.Before && open.Count < page.Rows)
                open.Add((campaign, (await counts.OfAsync(campaign)).Confirmed));
        var list = Volatile.Read(ref _list);
        if (page == _firstPage && list.Of.SequenceEqual(open))
            return list.Response;
        var view = page.Page(
            open,
            entry => entry.Campaign.Id,
            entry => CampaignSummary.From(entry.Campaign, entry.Confirmed)
        );
        var response = CachedResponse.Json(view, json);
        if (page == _firstPage)
            Volatile.Write(ref _list, new CachedCampaignList(open, response));
        return response;
    }

    private sealed record CachedCampaign(
        Campaign Campaign,
        long Confirmed,
        IReadOnlyList<Handover> Handovers,
        DateOnly Today,
        CachedResponse Response
    );

    private sealed record CachedCampaignList(
        IReadOnlyList<(Campaign Campaign, long Confirmed)> Of,
        CachedResponse Response
    );
}
