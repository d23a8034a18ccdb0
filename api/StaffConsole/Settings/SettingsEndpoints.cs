using Campaigns.Api.Endpoints.Counts;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>
/// The settings of a campaign: what it is, what it needs before it opens, and opening, closing and
/// archiving it.
/// </summary>
internal static class SettingsEndpoints
{
    /// <summary>The acts with a page of their own, and the state that each leads to.</summary>
    private static readonly (string Act, string State)[] _acts =
    [
        ("open", CampaignState.Open),
        ("close", CampaignState.Closed),
        ("archive", CampaignState.Archived),
    ];

    public static string Address(string slug) => $"/staff/c/{slug}/settings";

    public static void MapSettings(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/settings", ShowAsync).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/settings/preview", PreviewAsync).For(Role.Campaigner);
        foreach (var (act, state) in _acts)
        {
            screens
                .MapPage($"/c/{{slug}}/settings/{act}", (string slug, CampaignStore campaigns, TimeProvider time) =>
                    campaigns.Find(slug) is { } campaign ? RenderAct(campaign, act, time) : PageResults.NotFound()
                )
                .For(Role.Campaigner);
            screens
                .MapPost(
                    $"/c/{{slug}}/settings/{act}",
                    (
                        string slug,
                        HttpRequest request,
                        CampaignStore campaigns,
                        CampaignEditor editor,
                        TimeProvider time
                    ) => ActAsync(slug, act, state, request, campaigns, editor, time)
                )
                .For(Role.Campaigner);
        }
        screens.MapCampaignForms();
    }

    /// <summary>The acts that the state of the campaign allows and that change it.</summary>
    public static IReadOnlyList<string> Acts(Campaign campaign) =>
        [.. _acts.Where(one => Changes(campaign, one.State)).Select(one => one.Act)];

    private static bool Changes(Campaign campaign, string state) =>
        CampaignLifecycle.Find(campaign.State, CampaignLifecycle.ActTo(state)).State is not null;

    private static async Task<IResult> ShowAsync(
        string slug,
        CampaignStore campaigns,
        LiveCounts counts,
        TimeProvider time
    ) =>
        await campaigns.FindAsync(slug) is { } campaign
            ? PageResults.Page<SettingsPage>(
                new
                {
                    Campaign = campaign,
                    (await counts.OfAsync(campaign)).Confirmed,
                    Checklist = OpeningChecklist.Find(campaign, time.UtcNow()),
                }
            )
            : PageResults.NotFound();

    private static async Task<IResult> PreviewAsync(
        string slug,
        CampaignStore campaigns,
        LiveCounts counts,
        TimeProvider time
    ) =>
        await campaigns.FindAsync(slug) is { } campaign
            ? PageResults.Page<CampaignPage>(
                new
                {
                    Campaign = campaign,
                    Counts = CountsView.From(campaign, await counts.OfAsync(campaign), PageLanguage.Current),
                    Now = time.UtcNow(),
                    IsPreview = true,
                }
            )
            : PageResults.NotFound();

    private static async Task<IResult> ActAsync(
        string slug,
        string act,
        string state,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignEditor editor,
        TimeProvider time
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        // An archived campaign never changes again, so its slug is typed.
        if (state == CampaignState.Archived && (await request.ReadFormAsync())["slug"].ToString().Trim() != slug)
            return RenderAct(campaign, act, time, Refusal.Invalid);
        return await editor.ChangeStateAsync(slug, state, request.HttpContext.Actor()) is { } refusal
            ? RenderAct(campaign, act, time, refusal)
            : PageResults.SeeOther(request, Address(slug));
    }

    private static IResult RenderAct(Campaign campaign, string act, TimeProvider time, Refusal? refusal = null) =>
        PageResults.Page<CampaignActPage>(
            new
            {
                Campaign = campaign,
                Act = act,
                Checklist = OpeningChecklist.Find(campaign, time.UtcNow()),
                Refusal = refusal,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
