using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Pages;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.SystemState;

/// <summary>Problems with what to do, versions, the database, keys and jobs.</summary>
internal static class SystemEndpoints
{
    public static void MapSystem(this RouteGroupBuilder screens) =>
        screens.MapPage("/system", ShowAsync).For(Role.Auditor);

    private static async Task<IResult> ShowAsync(SystemStatus system, string? checks, CancellationToken aborted) =>
        PageResults.Page<SystemPage>(new { Status = await system.ReadAsync(checks == "again", aborted) });
}
