using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Signatures;
using Campaigns.Worker;

namespace Campaigns.Api.Pages;

/// <summary>
/// The link in the first letter: GET shows what the signer confirms; only the button (POST)
/// confirms.
/// </summary>
internal static class ConfirmPageEndpoints
{
    public static void MapConfirmPages(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/confirm/{token}", Show);
        pages.MapPost("/confirm/{token}", Confirm);
    }

    private static IResult Show(string token, ConfirmationStore confirmations, CampaignStore campaigns)
    {
        if (confirmations.Preview(LinkTokens.FromLink(token)) is not { } preview)
            return PageResults.LinkNotUsable();
        var campaign = campaigns.Get(preview.CampaignId);
        var text = campaigns.FindText(campaign.Id, preview.TextHash) ?? campaign.Text(preview.Locale);
        return PageResults.Page<ConfirmPage>(
            new
            {
                Campaign = campaign,
                Text = text,
                Preview = preview,
            }
        );
    }

    private static async Task<IResult> Confirm(
        string token,
        ConfirmationStore confirmations,
        CampaignStore campaigns,
        LiveCounts counts,
        PublicAddress address
    )
    {
        var outcome = await confirmations.ConfirmAsync(LinkTokens.FromLink(token));
        if (outcome.Value is not { } confirmed)
            return PageResults.LinkNotUsable();
        var campaign = campaigns.Get(confirmed.CampaignId);
        return PageResults.Page<ConfirmedPage>(
            new
            {
                Campaign = campaign,
                SignedCountry = confirmed.Country,
                (await counts.OfAsync(campaign)).Confirmed,
                confirmed.ManageToken,
                Address = $"{address.Url}/c/{campaign.Slug}",
            }
        );
    }
}
