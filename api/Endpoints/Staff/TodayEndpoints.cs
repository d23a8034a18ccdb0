using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>What waits for a member of staff, and what is new since their last visit.</summary>
internal static class TodayEndpoints
{
    public static void MapToday(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/today", ShowAsync)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("getToday", Tag.StaffRecords, "Work that waits, and what is new since the visit before.")
            .ProducesJson(TodayView.Example);

    private static async Task<IResult> ShowAsync(HttpContext context, TodayReader today) =>
        TypedResults.Ok(await today.ReadAsync(context.Member(), context.RequestAborted));
}
