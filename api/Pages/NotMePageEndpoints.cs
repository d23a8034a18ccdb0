using Campaigns.Crypto;
using Campaigns.Db.Signatures;

namespace Campaigns.Api.Pages;

/// <summary>
/// For the owner of an address that another person gave: one button erases the signature and stops
/// the letters.
/// </summary>
internal static class NotMePageEndpoints
{
    public static void MapNotMePages(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/not-me/{token}", Show);
        pages.MapPost("/not-me/{token}", Erase);
    }

    private static IResult Show(string token, ConfirmationStore confirmations) =>
        confirmations.FindNotMe(LinkTokens.FromLink(token)) is null
            ? PageResults.LinkNotUsable()
            : PageResults.Page<ConfirmActionPage>(new { Key = "NotMe", Grave = true });

    private static async Task<IResult> Erase(string token, ConfirmationStore confirmations) =>
        await confirmations.NotMeAsync(LinkTokens.FromLink(token)) is null
            ? PageResults.Message("NotMeDone")
            : PageResults.LinkNotUsable();
}
