using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Account;

/// <summary>A member's own data, sessions, tokens and second factors.</summary>
internal static class AccountEndpoints
{
    private const string Address = "/staff/me";

    public static void MapAccount(this RouteGroupBuilder screens)
    {
        screens.MapPage("/me", Show).ForMember();
        screens.MapPost("/me/sessions/{id}/end", EndSessionAsync).ForMember();
    }

    private static RouteHandlerBuilder ForMember(this RouteHandlerBuilder screen) =>
        screen.For(Role.Campaigner, Role.Organiser, Role.Auditor).WithMetadata(new OwnData());

    private static IResult Show(HttpContext context, SessionStore sessions) =>
        PageResults.Page<AccountPage>(
            new { Sessions = sessions.List(context.Member().Id), Current = SignedIn.Of(context)!.Session! }
        );

    private static async Task<IResult> EndSessionAsync(string id, HttpContext context, SessionStore sessions) =>
        Ids.TryParse(id, out var session) && await sessions.EndAsync(context.Member().Id, session)
            ? PageResults.SeeOther(context.Request, Address)
            : PageResults.NotFound();
}
