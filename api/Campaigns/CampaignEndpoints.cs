using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Campaigns;

internal static class CampaignEndpoints
{
    public static void MapCampaigns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/campaigns", List).RequireCors(Origins.Any).Produces<CampaignSummary[]>();
        routes.MapGet("/api/campaigns/{slug}", Show).RequireCors(Origins.Any).Produces<CampaignView>().Refuses("no-such-campaign");
    }

    private static IResult List(CampaignStore campaigns, CountStore counts) => TypedResults.Ok(
        campaigns.List().Where(campaign => campaign.State == CampaignState.Open).Select(campaign => new CampaignSummary(
            campaign.Slug, campaign.Texts.ToDictionary(text => text.Locale, text => text.Title), counts.Public(campaign).Confirmed, campaign.Goal, campaign.State)).ToArray());

    private static IResult Show(string slug, CampaignStore campaigns, CountStore counts) =>
        campaigns.FindPublic(slug) is { } campaign
            ? TypedResults.Ok(CampaignView.Of(campaign, counts.Public(campaign), Locales.Nearest(CultureInfo.CurrentUICulture.Name)))
            : Refusal.NoSuchCampaign.ToProblem();
}

internal static class PublicCampaigns
{
    /// <summary>The campaign unless there is none or it is still a draft, which to the public is the same.</summary>
    public static Campaign? FindPublic(this CampaignStore campaigns, string slug) =>
        campaigns.Find(slug) is { } campaign && campaign.State != CampaignState.Draft ? campaign : null;
}
