using Campaigns.Api.Commands;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Sharing;
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
        HttpRequest request,
        CampaignStore campaigns,
        CampaignPageReader pages,
        ShareTally shared
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        ShareVisit.Count(request, campaign, shared);
        return await pages.RenderAsync(campaign);
    }

    private static async Task<IResult> Sign(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignPageReader pages,
        SubmittedSignatures submitted
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        if (await PageForm.ReadAsync(request) is not { } fields)
            return PageForm.Refuse(request);
        var sent = await submitted.SignAsync(campaign, fields, request);
        return sent.Refusal is null
            ? PageResults.SeeOther(request, sent.ThanksAt($"/c/{slug}"))
            : await pages.RenderAsync(sent.Campaign, sent);
    }

    private static IResult ShowThanks(string slug, string? meant, CampaignStore campaigns) =>
        campaigns.FindPublic(slug) is { } campaign
            ? PageResults.Page<ThanksPage>(
                new { Campaign = campaign, MeantDomain = SubmittedSignature.KnownDomain(meant) }
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
}
