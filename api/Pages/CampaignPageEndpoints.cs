using Campaigns.Api.Commands;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Endpoints.Counts;
using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Engine;
using Campaigns.Db.Handovers;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Campaigns.Api.Pages;

/// <summary>
/// The list of open campaigns, a campaign with its form, and the pages after signing.
/// </summary>
internal static class CampaignPageEndpoints
{
    public static void MapCampaignPages(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/", Home);
        pages.MapPage("/c/{slug}", Show);
        pages.MapPost("/c/{slug}", Sign).RequireNetworkLimit(NetworkLimit.Signing).StopsWhileFrozen();
        pages.MapPage("/c/{slug}/thanks", ShowThanks);
        pages.MapPage("/c/{slug}/find", ShowFind);
        pages.MapPost("/c/{slug}/find", SendLink).RequireNetworkLimit(NetworkLimit.Other);
    }

    private static async Task<RazorComponentResult<HomePage>> Home(
        HttpContext context,
        IHostEnvironment environment,
        CampaignStore campaigns,
        LiveCounts counts
    )
    {
        var isDeveloper = environment.IsDevelopment() && LoopbackOnly.Is(context);
        var open = new List<(Campaign, long)>();
        foreach (var campaign in (await campaigns.ListAsync()).Where(campaign => campaign.IsListed))
            open.Add((campaign, (await counts.OfAsync(campaign)).Confirmed));
        return PageResults.Page<HomePage>(
            new
            {
                Campaigns = open,
                OfferDemonstration = isDeveloper && campaigns.Find(Demonstration.Slug) is null,
                OfferConsole = isDeveloper,
            }
        );
    }

    private static async Task<IResult> Show(
        string slug,
        CampaignStore campaigns,
        LiveCounts counts,
        PublicHandovers handovers,
        CampaignTimelines timelines,
        TimeProvider time
    ) =>
        await campaigns.FindPublicAsync(slug) is { } campaign
            ? await RenderAsync(campaign, counts, handovers, timelines, time.UtcNow())
            : PageResults.NotFound();

    private static async Task<IResult> Sign(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        LiveCounts counts,
        PublicHandovers handovers,
        CampaignTimelines timelines,
        SigningStore signing,
        TimeProvider time
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        if (await PageForm.ReadAsync(request) is not { } fields)
            return PageForm.Refuse(request);
        var now = time.UtcNow();
        var form = PageForm.Signature(fields);
        if (!campaign.AcceptsSignatures(now))
            return await RenderAsync(
                campaign,
                counts,
                handovers,
                timelines,
                now,
                form,
                Refusal.CampaignClosed,
                StatusCodes.Status409Conflict
            );

        var outcome = form.Check(campaign, new FieldErrors());
        if (
            outcome.Value is { Disclosure: > Disclosure.Count }
            && fields["recipients"] is { Count: > 0 } seen
            && seen != campaign.RecipientsFingerprint
        )
            outcome = Refusal.RecipientsChanged;
        if (outcome.Refusal is { } refusal)
        {
            var status = refusal.Errors is null ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
            return await RenderAsync(campaign, counts, handovers, timelines, now, form, refusal, status);
        }
        try
        {
            if (
                await signing.SignAsync(campaign, outcome.Value!, request.HttpContext.Connection.RemoteIpAddress) is
                { } changed
            )
                return await RenderAsync(
                    (await campaigns.FindPublicAsync(slug))!,
                    counts,
                    handovers,
                    timelines,
                    now,
                    form,
                    changed,
                    StatusCodes.Status409Conflict
                );
        }
        catch (OverloadedException)
        {
            return await RenderAsync(
                campaign,
                counts,
                handovers,
                timelines,
                now,
                form,
                Refusal.Overloaded,
                StatusCodes.Status503ServiceUnavailable
            );
        }
        var thanks = $"/c/{slug}/thanks";
        // The next page gets the name of a known provider, never what was typed.
        return PageResults.SeeOther(
            request,
            outcome.Value!.Email.MeantDomain is { } meant ? $"{thanks}?meant={meant}" : thanks
        );
    }

    private static IResult ShowThanks(string slug, string? meant, CampaignStore campaigns) =>
        campaigns.FindPublic(slug) is { } campaign
            ? PageResults.Page<ThanksPage>(
                new
                {
                    Campaign = campaign,
                    MeantDomain = meant is not null && MailProviders.Contains(meant) ? meant : null,
                }
            )
            : PageResults.NotFound();

    private static IResult ShowFind(string slug, CampaignStore campaigns) =>
        campaigns.FindPublic(slug) is { } campaign
            ? PageResults.Page<FindMinePage>(new { Campaign = campaign })
            : PageResults.NotFound();

    private static async Task<IResult> SendLink(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        SigningStore signing
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        if (await PageForm.ReadAsync(request) is not { } form)
            return PageForm.Refuse(request);
        if (EmailAddress.Parse(form["email"]).Address is not { } email)
            return PageResults.Page<FindMinePage>(
                new
                {
                    Campaign = campaign,
                    Failed = true,
                    Email = form["email"].ToString(),
                },
                StatusCodes.Status400BadRequest
            );
        await signing.SendManageLinkAsync(campaign, email, request.HttpContext.Connection.RemoteIpAddress);
        return PageResults.Page<FindMinePage>(new { Campaign = campaign, Sent = true });
    }

    private static async Task<RazorComponentResult<CampaignPage>> RenderAsync(
        Campaign campaign,
        LiveCounts counts,
        PublicHandovers handovers,
        CampaignTimelines timelines,
        DateTimeOffset now,
        SignatureForm? form = null,
        Refusal? refusal = null,
        int status = StatusCodes.Status200OK
    ) =>
        PageResults.Page<CampaignPage>(
            new
            {
                Campaign = campaign,
                Counts = CountsView.From(campaign, await counts.OfAsync(campaign), PageLanguage.Current),
                Timeline = await timelines.OfAsync(campaign, PageLanguage.Current),
                Now = now,
                Handovers = await handovers.OfAsync(campaign.Id),
                Form = form ?? new SignatureForm(),
                Refusal = refusal,
            },
            status
        );
}
