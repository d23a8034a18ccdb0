using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Ledger;

/// <summary>The state of a campaign's ledger, and its self-check.</summary>
internal static class StaffLedgerEndpoints
{
    public static void MapStaffLedger(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/ledger", ShowAsync)
            .RequireRole(Role.Campaigner, Role.Auditor)
            .Describe("getStaffLedger", Tag.StaffRecords, "Shows the newest head, what waits, and the last checks.")
            .ProducesJson(StaffLedgerView.Example);
        staff
            .MapPost("/campaigns/{slug}/ledger/verify", VerifyAsync)
            .RequireRole(Role.Campaigner, Role.Auditor)
            .Describe(
                "verifyLedger",
                Tag.StaffRecords,
                "Recomputes the newest head from its lines, one ledger at a time. Audited with its result."
            )
            .ProducesJson(StaffLedgerView.Example, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ShowAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        LedgerStatus status
    ) =>
        context.FindCampaign(campaigns, slug) is { } campaign
            ? TypedResults.Ok(await status.ReadAsync(campaign))
            : Refusal.NotFound.ToProblem();

    private static async Task<IResult> VerifyAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        LedgerStatus status,
        LedgerVerifier verifier
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        verifier.Start(campaign, context.Actor());
        return TypedResults.Accepted((string?)null, await status.ReadAsync(campaign));
    }
}
