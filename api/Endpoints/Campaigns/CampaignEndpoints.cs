using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;

namespace Campaigns.Api.Endpoints.Campaigns;

internal static class CampaignEndpoints
{
    public static void MapCampaigns(this IEndpointRouteBuilder routes)
    {
        // Resolved once, because injected services open a scope in every request.
        var campaigns = routes.ServiceProvider.GetRequiredService<CampaignStore>();
        var responses = routes.ServiceProvider.GetRequiredService<CampaignResponseCache>();
        routes
            .MapGet("/api/campaigns", (HttpRequest request) => ListAsync(request, responses))
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .Describe("listCampaigns", Tag.Campaigns, "Lists the open campaigns, newest first.")
            .ProducesList(CampaignExamples.Summary);
        routes
            .MapGet("/api/campaigns/{slug}", (string slug, HttpRequest request) =>
                ShowAsync(slug, request, campaigns, responses)
            )
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .Describe("getCampaign", Tag.Campaigns, "Shows a campaign: its texts, countries, recipients and dates.")
            .ProducesJson(CampaignExamples.Campaign)
            .ProducesProblems(Refusal.NoSuchCampaign);
    }

    private static async ValueTask<IResult> ListAsync(HttpRequest request, CampaignResponseCache responses)
    {
        var page = ListRequest.Read(request);
        return page.Value is { } asked ? await responses.ListAsync(asked) : page.Refusal!.ToProblem();
    }

    private static async ValueTask<IResult> ShowAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignResponseCache responses
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        // The response has country names in the reader's language.
        request.HttpContext.Response.Headers.Vary = "Accept-Language";
        return await responses.OfAsync(campaign, PageLanguage.Choose(request));
    }
}

internal static class PublicCampaigns
{
    /// <summary>
    /// The campaign; null if it does not exist or is a draft, which the public cannot distinguish.
    /// </summary>
    public static Campaign? FindPublic(this CampaignStore campaigns, string slug) => Public(campaigns.Find(slug));

    /// <summary>The same without blocking a thread while the campaign is read.</summary>
    public static async ValueTask<Campaign?> FindPublicAsync(this CampaignStore campaigns, string slug) =>
        Public(await campaigns.FindAsync(slug));

    private static Campaign? Public(Campaign? campaign) => campaign is { IsPublic: true } ? campaign : null;
}
