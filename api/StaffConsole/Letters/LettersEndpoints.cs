using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Letters;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Letters;

/// <summary>
/// The letters of a campaign: what waits, what failed, and addresses that get none.
/// </summary>
internal static class LettersEndpoints
{
    private const string Reason = "reason";

    public static string Address(string slug) => $"/staff/c/{slug}/letters";

    public static void MapLetters(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/letters", Show).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/letters/{id}/resend", ResendAsync).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/letters/genuine", GoBack).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/letters/genuine", MarkGenuineAsync).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/letters/suppressions", GoBack).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/letters/suppressions", FindAsync).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/letters/suppressions/{id}", ShowSuppression).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/letters/suppressions/{id}", LiftAsync).For(Role.Campaigner);
    }

    private static IResult Show(string slug, HttpContext context, CampaignStore campaigns) =>
        campaigns.Find(slug) is { } campaign ? Render(context, campaign, new LettersForms()) : PageResults.NotFound();

    // The address of a form is asked for when its page is shown in another language.
    private static IResult GoBack(string slug, HttpRequest request) => PageResults.SeeOther(request, Address(slug));

    private static async Task<IResult> ResendAsync(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        StaffLetterStore letters
    )
    {
        if (campaigns.Find(slug) is not { } campaign || !Ids.TryParse(id, out var letter))
            return PageResults.NotFound();
        var refusal = await letters.ResendAsync(campaign, letter, context.Actor());
        return refusal == Refusal.NotFound
            ? PageResults.NotFound()
            : PageResults.SeeOther(
                context.Request,
                Address(slug) + (refusal is null ? "?done=resend" : $"?refused={refusal.Code}")
            );
    }

    private static async Task<IResult> MarkGenuineAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        MailDomainStore domains
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var form = await context.Request.ReadFormAsync();
        var (domain, reason) = (FormJson.Typed(form["domain"]), FormJson.Typed(form[Reason]));
        var read = FormJson.Read(new JsonObject { ["domain"] = domain, [Reason] = reason }, MailDomainEndpoints.Read);
        if (read.Value is not { } asked)
            return Render(
                context,
                campaign,
                new LettersForms
                {
                    Domain = domain,
                    Reason = reason,
                    Refusal = read.Refusal,
                }
            );
        await domains.MarkGenuineAsync(asked.Domain, asked.Reason, context.Actor());
        return PageResults.SeeOther(context.Request, Address(slug) + "?done=genuine");
    }

    // POST, because an address belongs in no URL.
    private static async Task<IResult> FindAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        SuppressionStore suppressions
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var typed = FormJson.Typed((await context.Request.ReadFormAsync())["email"]);
        var read = FormJson.Read(new JsonObject { ["email"] = typed }, TextFields.ReadEmail);
        if (read.Value is not { } email)
            return Render(context, campaign, new LettersForms { Email = typed, Refusal = read.Refusal });
        var found = await suppressions.FindAsync(email, context.Actor());
        return Render(context, campaign, new LettersForms { Found = found });
    }

    private static IResult ShowSuppression(
        string slug,
        string id,
        CampaignStore campaigns,
        SuppressionStore suppressions
    ) =>
        campaigns.Find(slug) is { } campaign
        && Ids.TryParse(id, out var number)
        && suppressions.Find(number) is { } found
            ? RenderSuppression(campaign, found, campaigns, refusal: null, reason: null)
            : PageResults.NotFound();

    private static async Task<IResult> LiftAsync(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        SuppressionStore suppressions
    )
    {
        if (
            campaigns.Find(slug) is not { } campaign
            || !Ids.TryParse(id, out var number)
            || suppressions.Find(number) is not { } found
        )
            return PageResults.NotFound();
        var typed = FormJson.Typed((await context.Request.ReadFormAsync())[Reason]);
        var reason = FormJson.Read(new JsonObject { [Reason] = typed }, TextFields.ReadReason);
        if (reason.Value is not { } why)
            return RenderSuppression(campaign, found, campaigns, reason.Refusal, typed);
        await suppressions.LiftAsync(number, why, context.Actor());
        return PageResults.SeeOther(context.Request, Address(slug) + "?done=lift");
    }

    private static IResult Render(HttpContext context, Campaign campaign, LettersForms forms)
    {
        var services = context.RequestServices;
        if (ListRequest.Read(context.Request).Value is not { } asked)
            return PageResults.NotFound();
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        var campaigns = services.GetRequiredService<CampaignStore>();
        return PageResults.Page<LettersPage>(
            new
            {
                Campaign = campaign,
                Letters = services.GetRequiredService<LettersReader>().Read(campaign, context.Member(), asked),
                Suppressions = services.GetRequiredService<SuppressionStore>().Count(campaign.Id),
                Domains = services.GetRequiredService<MailDomainStore>().List().Select(MailDomainView.From).ToList(),
                ByProvider = services.GetRequiredService<TrendStore>().ReadByProvider(campaign, coarse),
                IsCoarse = coarse,
                Forms = forms,
                Slugs = (forms.Found ?? [])
                    .Select(one => one.CampaignId)
                    .OfType<long>()
                    .Distinct()
                    .ToDictionary(id => id, id => campaigns.Get(id).Slug),
                Done = (string?)context.Request.Query["done"],
                Refused = (string?)context.Request.Query["refused"],
            },
            forms.Refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );
    }

    private static IResult RenderSuppression(
        Campaign campaign,
        FoundSuppression found,
        CampaignStore campaigns,
        Refusal? refusal,
        string? reason
    ) =>
        PageResults.Page<SuppressionPage>(
            new
            {
                Campaign = campaign,
                Found = found,
                Slug = found.CampaignId is { } campaignId ? campaigns.Get(campaignId).Slug : null,
                Refusal = refusal,
                Reason = reason,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );
}
