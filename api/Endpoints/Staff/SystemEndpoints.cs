using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Staff;

internal static class SystemEndpoints
{
    public static void MapSystem(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/system", ShowAsync)
            .RequireRole(Role.Auditor)
            .Describe("getSystem", Tag.StaffRecords, "Shows problems, versions, the database, keys and jobs.")
            .ProducesJson(SystemView.Example);

    private static async Task<IResult> ShowAsync(SystemStatus system, CancellationToken aborted) =>
        TypedResults.Ok(await system.ReadAsync(again: false, aborted));
}
