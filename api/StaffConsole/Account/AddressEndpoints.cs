using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;

namespace Campaigns.Api.StaffConsole.Account;

/// <summary>
/// Changing the address that a member signs in with, and asking for the letter again.
/// </summary>
internal static class AddressEndpoints
{
    public static void MapAddress(this RouteGroupBuilder screens)
    {
        screens.MapPage("/me/address", Show).ForMember().Fresh();
        screens.MapPost("/me/address", RequestAsync).ForMember().Fresh();
    }

    private static IResult Show(HttpContext context) =>
        AccountEndpoints.Read(context).Account is { } account
            ? PageResults.Page<AddressPage>(new { Typed = account.PendingAddress ?? account.Address })
            : PageResults.SeeOther(context.Request, AccountEndpoints.Address);

    private static async Task<IResult> RequestAsync(HttpContext context, AddressStore addresses)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var typed = form["email"].ToString();
        return await addresses.RequestAsync(context.Member().Id, typed, PageLanguage.Current) is { } problem
            ? PageResults.Page<AddressPage>(new { Typed = typed, Refused = problem }, StatusCodes.Status400BadRequest)
            : PageResults.SeeOther(context.Request, AccountEndpoints.Address);
    }
}
