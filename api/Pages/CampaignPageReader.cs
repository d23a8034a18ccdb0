using Campaigns.Api.Endpoints.Counts;
using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Db.Counts;
using Campaigns.Db.Handovers;
using Campaigns.Signatures;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Campaigns.Api.Pages;

/// <summary>Reads what the page of a campaign shows, all of it cached.</summary>
internal sealed class CampaignPageReader(
    LiveCounts counts,
    PublicHandovers handovers,
    CampaignTimelines timelines,
    CountCharts charts,
    TimeProvider time
)
{
    /// <param name="campaign">The campaign.</param>
    /// <param name="sent">The form that comes back; null when it is shown for the first
    /// time.</param>
    public async Task<RazorComponentResult<CampaignPage>> RenderAsync(
        Campaign campaign,
        SubmittedSignature? sent = null
    ) =>
        PageResults.Page<CampaignPage>(
            new
            {
                Campaign = campaign,
                Counts = CountsView.From(campaign, await counts.OfAsync(campaign), PageLanguage.Current),
                Timeline = await timelines.OfAsync(campaign, PageLanguage.Current),
                Chart = await charts.OfAsync(campaign),
                Now = time.UtcNow(),
                Handovers = await handovers.OfAsync(campaign.Id),
                Form = sent?.Form ?? new SignatureForm(),
                sent?.Refusal,
            },
            sent?.Status ?? StatusCodes.Status200OK
        );
}
