using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;

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

    private static IResult Show(string token, ConfirmationStore confirmations, CampaignStore campaigns) =>
        Render(token, confirmations, campaigns, null, null, StatusCodes.Status200OK);

    private static IResult Render(
        string token,
        ConfirmationStore confirmations,
        CampaignStore campaigns,
        SignatureForm? form,
        Refusal? refusal,
        int status
    )
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
                Form = form,
                Refusal = refusal,
            },
            status
        );
    }

    private static async Task<IResult> Confirm(
        string token,
        HttpRequest request,
        ConfirmationStore confirmations,
        CampaignStore campaigns,
        LiveCounts counts
    )
    {
        if (await PageForm.ReadOptionalAsync(request) is not { } form)
            return PageForm.Refuse(request);
        var correction = SignatureChangeParser.Read(form);
        var outcome = correction.Value is { } change
            ? await confirmations.ConfirmAsync(LinkTokens.FromLink(token), change)
            : correction.Refusal!;
        if (outcome.Value is not { } confirmed)
            return outcome.Refusal is { Errors: not null } refusal
                ? Render(
                    token,
                    confirmations,
                    campaigns,
                    PageForm.Signature(form),
                    refusal,
                    StatusCodes.Status400BadRequest
                )
                : PageResults.LinkNotUsable();
        var campaign = campaigns.Get(confirmed.CampaignId);
        return PageResults.Page<ConfirmedPage>(
            new
            {
                Campaign = campaign,
                SignedCountry = confirmed.Country,
                (await counts.OfAsync(campaign)).Confirmed,
                confirmed.ManageToken,
                confirmed.Held,
            }
        );
    }
}
