using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Counts;
using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Abuse;

/// <summary>What an attack shows, and the decision about a wave of holds.</summary>
internal static class AbuseEndpoints
{
    public const string Release = "release";
    public const string Invalidate = "invalidate";

    private const int NewestInvalidations = 10;

    public static string Address(string slug) => $"/staff/c/{slug}/abuse";

    public static string NewInvalidation(string slug) => $"{Address(slug)}/invalidations/new";

    public static void MapAbuse(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/abuse", Show).For(Role.Campaigner);
        foreach (var act in (string[])[Release, Invalidate])
        {
            screens
                .MapPage($"/c/{{slug}}/abuse/waves/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    Find(slug, id, context) is var (campaign, wave)
                        ? Render(campaign, wave, act, refusal: null, reason: null)
                        : PageResults.NotFound()
                )
                .For(Role.Campaigner);
            screens
                .MapPost($"/c/{{slug}}/abuse/waves/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    DecideAsync(slug, id, act, context)
                )
                .For(Role.Campaigner);
        }
        screens.MapInvalidations();
    }

    private static IResult Show(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        WaveStore waves,
        ProviderTrendStore providers,
        LimitsReader limits,
        InvalidationStore invalidations
    )
    {
        if (
            campaigns.Find(slug) is not { } campaign
            || ListRequest.Read(context.Request).Value is not { } asked
        )
            return PageResults.NotFound();
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        var page = asked.Page(
            waves.List(campaign.Id, asked.Before, asked.Rows, coarse),
            wave => wave.First,
            wave => WaveView.Create(wave, coarse)
        );
        return PageResults.Page<AbusePage>(
            new
            {
                Campaign = campaign,
                Waves = page.Items,
                page.Next,
                Providers = providers.Read(campaign.Id, coarse),
                IsCoarse = coarse,
                Limits = limits.Read(campaign, context.Member()),
                Invalidations = invalidations.List(campaign.Id, long.MaxValue, NewestInvalidations),
                Done = (string?)context.Request.Query["done"],
            }
        );
    }

    private static async Task<IResult> DecideAsync(string slug, string id, string act, HttpContext context)
    {
        if (Find(slug, id, context) is not var (campaign, wave) || !Ids.TryParse(wave.Id, out var number))
            return PageResults.NotFound();
        var waves = context.RequestServices.GetRequiredService<WaveStore>();
        var (actor, aborted) = (context.Actor(), context.RequestAborted);
        if (act == Release)
        {
            await waves.ReleaseAsync(campaign, number, actor, aborted);
        }
        else
        {
            var typed = FormJson.Typed((await context.Request.ReadFormAsync())["reason"]);
            var reason = FormJson.Read(new JsonObject { ["reason"] = typed }, TextFields.ReadReason);
            if (reason.Refusal is { } refusal)
                return Render(campaign, wave, act, refusal, typed);
            if (await waves.InvalidateAsync(campaign, number, reason.Value!, actor, aborted) is { } tooMany)
                return Render(campaign, wave, act, tooMany, typed);
        }
        return PageResults.SeeOther(context.Request, $"{Address(slug)}?done={act}");
    }

    private static (Campaign Campaign, WaveView Wave)? Find(string slug, string id, HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<CampaignStore>().Find(slug) is not { } campaign)
            return null;
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        return
            Ids.TryParse(id, out var number)
            && services.GetRequiredService<WaveStore>().Find(campaign.Id, number, coarse) is { } wave
            ? (campaign, WaveView.Create(wave, coarse))
            : null;
    }

    private static IResult Render(Campaign campaign, WaveView wave, string act, Refusal? refusal, string? reason) =>
        PageResults.Page<WavePage>(
            new
            {
                Campaign = campaign,
                Wave = wave,
                Act = act,
                Refusal = refusal,
                Reason = reason,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
