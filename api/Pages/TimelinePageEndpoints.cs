using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Db.Campaigns;

namespace Campaigns.Api.Pages;

/// <summary>The page with the whole timeline of a campaign.</summary>
internal static class TimelinePageEndpoints
{
    public static void MapTimelinePages(this IEndpointRouteBuilder pages) => pages.MapPage("/c/{slug}/timeline", Show);

    private static async Task<IResult> Show(
        string slug,
        string? before,
        CampaignStore campaigns,
        CampaignTimelines timelines
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        var timeline = await timelines.OfAsync(campaign, PageLanguage.Current);
        return timeline.FindPage(before) is { } page
            ? PageResults.Page<CampaignTimelinePage>(
                new
                {
                    Campaign = campaign,
                    Timeline = timeline,
                    Page = page,
                    IsNewest = before is null,
                }
            )
            : PageResults.NotFound();
    }
}
