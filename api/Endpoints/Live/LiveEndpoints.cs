using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Live;

internal static class LiveEndpoints
{
    public static void MapLive(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/campaigns/{slug}/live", Stream)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireRateLimiting(NetworkRateLimits.Streams)
            .Describe(
                "streamCampaign",
                Tag.StaffRecords,
                "Streams what changes in a campaign: counts, packets, letters and problems of the server."
            )
            .ProducesText<LiveCountsView>(EventStream.MediaType, LiveCountsView.Example);

    private static IResult Stream(string slug, HttpContext context, CampaignStore campaigns, LiveStream live) =>
        context.FindCampaign(campaigns, slug) is null
            ? Refusal.NotFound.ToProblem()
            : new EventStream(live.ReadAsync(slug, context, context.RequestAborted));
}
