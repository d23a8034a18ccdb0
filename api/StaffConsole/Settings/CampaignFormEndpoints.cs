using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using RequestSizeLimitAttribute = Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>The form of a new campaign, of a change, and of a new version of the texts.</summary>
internal static class CampaignFormEndpoints
{
    /// <summary>Saves after the page said what the change does to those who signed.</summary>
    private const string Confirm = "confirm";

    // The choice at a part that both changed: take-goal.
    private const string Take = "take-";
    private const string Theirs = "theirs";

    public static void MapCampaignForms(this RouteGroupBuilder screens)
    {
        screens.MapPage("/campaigns/new", ShowNew).For(Role.Campaigner);
        screens.MapLargePost("/campaigns/new", CreateAsync);
        screens.MapPage("/c/{slug}/settings/edit", ShowEdit).For(Role.Campaigner);
        screens.MapLargePost("/c/{slug}/settings/edit", ChangeAsync);
        screens.MapPage("/c/{slug}/settings/texts", ShowTexts).For(Role.Campaigner);
        screens.MapLargePost("/c/{slug}/settings/texts", AddTextsAsync);
    }

    private static void MapLargePost(this RouteGroupBuilder screens, string pattern, Delegate handler) =>
        screens
            .MapPost(pattern, handler)
            .For(Role.Campaigner)
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.Large));

    private static IResult ShowNew() => Render(new CampaignFormState { Form = CampaignForm.Empty() });

    private static async Task<IResult> CreateAsync(HttpRequest request, CampaignEditor editor)
    {
        var (form, act) = await ReadAsync(request);
        var state = new CampaignFormState { Form = form };
        if (form.ChangeRows(act))
            return Render(state);
        form.RemoveEmptyRows();
        var draft = CampaignFormJson.ReadNew(form);
        if (draft.Value is not { } campaign)
            return Render(state with { Refusal = draft.Refusal });
        var created = await editor.CreateAsync(campaign, request.HttpContext.Actor());
        return created.Value is { } made
            ? PageResults.SeeOther(request, SettingsEndpoints.Address(made.Slug))
            : Render(state with { Refusal = created.Refusal });
    }

    private static IResult ShowEdit(string slug, CampaignStore campaigns, CampaignEditor editor) =>
        campaigns.Find(slug) is { } campaign
            ? Render(
                new CampaignFormState
                {
                    Form = CampaignForm.From(campaign),
                    Campaign = campaign,
                    IsSigned = editor.IsSigned(campaign.Id),
                }
            )
            : PageResults.NotFound();

    private static async Task<IResult> ChangeAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignEditor editor,
        IOptions<JsonOptions> json
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var (form, act) = await ReadAsync(request);
        var state = new CampaignFormState
        {
            Form = form,
            Campaign = campaign,
            Version = form["version"],
            IsSigned = editor.IsSigned(campaign.Id),
        };
        if (form.ChangeRows(act))
            return Render(state);
        form.RemoveEmptyRows();
        TakeTheirs(form, campaign);
        if (!IsOf(campaign, form))
            return RenderConflict(state);
        var draft = Read(campaign);
        if (draft.Value is not { } changed)
            return Render(state with { Refusal = draft.Refusal });
        if (act != Confirm && state.IsSigned && CampaignConsequences.Find(campaign, changed) is { Count: > 0 } found)
            return Render(state with { Consequences = found });
        var outcome = await editor.ChangeAsync(
            slug,
            current => IsOf(current, form) ? Read(current) : Refusal.ChangedMeanwhile,
            request.HttpContext.Actor(),
            mayEraseSooner: request.HttpContext.Member().Role == Role.Administrator
        );
        if (outcome.Value is not null)
            return PageResults.SeeOther(request, SettingsEndpoints.Address(slug));
        return outcome.Refusal == Refusal.ChangedMeanwhile
            ? RenderConflict(state with { Campaign = campaigns.Find(slug)! })
            : Render(state with { Refusal = outcome.Refusal });

        Outcome<CampaignDraft> Read(Campaign current) =>
            CampaignFormJson.ReadChange(form, current, !state.IsSigned, json.Value.SerializerOptions);
    }

    private static IResult ShowTexts(string slug, CampaignStore campaigns) =>
        campaigns.Find(slug) is { } campaign
            ? RenderTexts(campaign, CampaignForm.From(campaign))
            : PageResults.NotFound();

    private static async Task<IResult> AddTextsAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignEditor editor,
        Database database
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var (form, act) = await ReadAsync(request);
        if (form.ChangeRows(act))
            return RenderTexts(campaign, form);
        form.RemoveEmptyRows();
        var read = CampaignFormJson.ReadTexts(form, campaign);
        if (read.Value is not { } texts)
            return RenderTexts(campaign, form, read.Refusal);
        var outcome = await database.Writes.RunAsync(write =>
            editor.AddTexts(write, slug, texts, request.HttpContext.Actor())
        );
        return outcome.Refusal is { } refusal
            ? RenderTexts(campaign, form, refusal)
            : PageResults.SeeOther(request, SettingsEndpoints.Address(slug));
    }

    private static async Task<(CampaignForm Form, string Act)> ReadAsync(HttpRequest request)
    {
        var fields = await request.ReadFormAsync();
        return (CampaignForm.From(fields), fields["act"].ToString());
    }

    private static bool IsOf(Campaign campaign, CampaignForm form) =>
        form["version"] == campaign.Version.ToString(CultureInfo.InvariantCulture);

    // Only parts that were shown side by side have a choice.
    private static void TakeTheirs(CampaignForm form, Campaign campaign)
    {
        var theirs = CampaignForm.From(campaign);
        foreach (var difference in CampaignDifference.Find(theirs, form, withTexts: true))
            if (form[Take + difference.Part] == Theirs)
                form.Take(difference.Part, theirs);
    }

    // The version of the form becomes the current one, because the reader now sees what changed.
    private static IResult RenderConflict(CampaignFormState state)
    {
        var theirs = CampaignForm.From(state.Campaign!);
        return Render(
            state with
            {
                Version = null,
                Differences = CampaignDifference.Find(theirs, state.Form, !state.IsSigned),
                Refusal = Refusal.ChangedMeanwhile,
            }
        );
    }

    private static IResult Render(CampaignFormState state) =>
        PageResults.Page<CampaignFormPage>(new { State = state }, Status(state.Refusal));

    private static IResult RenderTexts(Campaign campaign, CampaignForm form, Refusal? refusal = null) =>
        PageResults.Page<NewTextsPage>(
            new
            {
                Campaign = campaign,
                Form = form,
                Refusal = refusal,
            },
            Status(refusal)
        );

    private static int Status(Refusal? refusal) =>
        refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code);
}
