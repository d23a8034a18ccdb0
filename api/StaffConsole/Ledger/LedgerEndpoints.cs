using Campaigns.Api.Endpoints.Ledger;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Ledger;

/// <summary>The state of a campaign's ledger, and its self-check.</summary>
internal static class LedgerEndpoints
{
    // Most ledgers are verified by then. The screen shows the progress of a longer check.
    private static readonly TimeSpan _waitForResult = TimeSpan.FromSeconds(5);

    public static void MapLedger(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/ledger", ShowAsync).For(Role.Campaigner, Role.Auditor);
        screens.MapPost("/c/{slug}/ledger/verify", VerifyAsync).For(Role.Campaigner, Role.Auditor);
    }

    private static async Task<IResult> ShowAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        LedgerStatus status
    ) =>
        context.FindCampaign(campaigns, slug) is { } campaign
            ? PageResults.Page<LedgerPage>(new { Campaign = campaign, Status = await status.ReadAsync(campaign) })
            : PageResults.NotFound();

    private static async Task<IResult> VerifyAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        LedgerVerifier verifier,
        CancellationToken aborted
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return PageResults.NotFound();
        await Task.WhenAny(
            verifier.Start(campaign, context.Actor()).Ended,
            Task.Delay(_waitForResult, aborted)
        );
        return PageResults.SeeOther(context.Request, $"/staff/c/{campaign.Slug}/ledger#checks");
    }
}
