using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Today;

/// <summary>What waits for the member, and how the campaigns are.</summary>
internal static class TodayEndpoints
{
    public static void MapToday(this RouteGroupBuilder screens) =>
        screens.MapPage("", ShowAsync).For(Role.Campaigner, Role.Organiser, Role.Auditor);

    private static async Task<IResult> ShowAsync(
        HttpContext context,
        CampaignStore campaigns,
        LiveCounts counts,
        TodayReader today
    )
    {
        var member = context.Member();
        var reached = new List<(Campaign, long?)>();
        foreach (var campaign in (await campaigns.ListAsync()).Where(member.Reaches))
            // The total of all countries is not an organiser's.
            reached.Add((campaign, member.Scope() is null ? (await counts.OfAsync(campaign)).Confirmed : null));
        return PageResults.Page<TodayPage>(
            new { Campaigns = reached, Today = await today.ReadAsync(member, context.RequestAborted) }
        );
    }
}
