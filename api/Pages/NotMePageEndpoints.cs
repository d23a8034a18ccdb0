using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;

namespace Campaigns.Api.Pages;

/// <summary>
/// For the owner of an address that another person gave: a tick and a button erase the signature
/// and stop the letters. Programs that open links and press buttons do not tick.
/// </summary>
internal static class NotMePageEndpoints
{
    public static void MapNotMePages(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/not-me/{token}", Show);
        pages.MapPost("/not-me/{token}", Erase);
    }

    private static IResult Show(string token, NotMeStore notMe, CampaignStore campaigns) =>
        Render(token, notMe, campaigns, StatusCodes.Status200OK);

    private static IResult Render(string token, NotMeStore notMe, CampaignStore campaigns, int status) =>
        notMe.Find(LinkTokens.FromLink(token)) is { } campaign
            ? PageResults.Page<NotMePage>(
                new { Campaign = campaigns.Get(campaign), Failed = status != StatusCodes.Status200OK },
                status
            )
            : PageResults.LinkNotUsable();

    private static async Task<IResult> Erase(
        string token,
        HttpRequest request,
        NotMeStore notMe,
        CampaignStore campaigns
    )
    {
        if (await PageForm.ReadOptionalAsync(request) is not { } form)
            return PageForm.Refuse(request);
        if (!PageForm.IsChecked(form, "sure"))
            return Render(token, notMe, campaigns, StatusCodes.Status400BadRequest);
        return await notMe.RunAsync(LinkTokens.FromLink(token)) is null
            ? PageResults.Message("NotMeDone")
            : PageResults.LinkNotUsable();
    }
}
