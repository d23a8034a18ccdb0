using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>By what an attack shows: mail providers by day, and the limits that acted.</summary>
internal static class StaffAbuseEndpoints
{
    public static void MapStaffAbuse(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/providers", ShowProviders)
            .RequireRole(Role.Campaigner, Role.Auditor)
            .Describe("getProviders", Tag.StaffRecords, "New signatures by mail provider on each of the last days.")
            .ProducesJson(ProvidersView.Example);
        staff
            .MapGet("/campaigns/{slug}/limits", ShowLimits)
            .RequireRole(Role.Campaigner)
            .Describe("getLimits", Tag.StaffRecords, "The limits against abuse and how often each acted.")
            .ProducesJson(LimitsView.Example);
    }

    private static IResult ShowProviders(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        ProviderTrendStore providers
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        return TypedResults.Ok(ProvidersView.From(providers.Read(campaign.Id, coarse), coarse));
    }

    private static IResult ShowLimits(string slug, HttpContext context, CampaignStore campaigns, LimitsReader limits) =>
        campaigns.Find(slug) is { } campaign
            ? TypedResults.Ok(limits.Read(campaign, context.Member()))
            : Refusal.NotFound.ToProblem();
}
