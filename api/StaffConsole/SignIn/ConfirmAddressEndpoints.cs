using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// The link in the letter that asks to confirm an address: GET shows a button; only the button
/// confirms. The link suffices, because the letter may be read on another device.
/// </summary>
internal static class ConfirmAddressEndpoints
{
    public static void MapConfirmAddress(this RouteGroupBuilder pages)
    {
        pages.MapPage("/confirm-address/{token}", Show);
        pages.MapPost("/confirm-address/{token}", ConfirmAsync);
    }

    private static IResult Show(string token, AddressStore addresses, TimeProvider time) =>
        addresses.Works(token, time.UtcNow())
            ? PageResults.Page<ConfirmAddressPage>(new { Path = "/staff/confirm-address/" + token })
            : PageResults.StaffLinkNotUsable();

    private static async Task<IResult> ConfirmAsync(string token, AddressStore addresses) =>
        await addresses.ConfirmAsync(token) switch
        {
            null => PageResults.Page<ConfirmAddressPage>(new { Outcome = "Done" }),
            var refusal when refusal == Refusal.LinkNotUsable => PageResults.StaffLinkNotUsable(),
            _ => PageResults.Page<ConfirmAddressPage>(new { Outcome = "Taken" }, StatusCodes.Status409Conflict),
        };
}
