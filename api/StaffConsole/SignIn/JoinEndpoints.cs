using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;
using Campaigns.Signatures;
using Campaigns.Staff;
using Campaigns.Worker;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>Joining by the link of an invitation, with a passkey or a password.</summary>
internal static class JoinEndpoints
{
    public static void MapJoin(this RouteGroupBuilder pages)
    {
        pages.MapPage("/join/{token}", Show);
        pages.MapPost("/join/{token}", JoinAsync);
        pages.MapPost("/join/{token}/passkey-options", OptionsAsync);
    }

    /// <summary>The path of an invitation's link.</summary>
    public static string Path(string token) => "/staff/join/" + token;

    private static IResult Show(string token, InvitationStore invitations) => Render(token, invitations);

    private static IResult Render(
        string token,
        InvitationStore invitations,
        string? typed = null,
        string? error = null
    ) =>
        invitations.Find(token) is { } invitation
            ? PageResults.Page<JoinPage>(
                new
                {
                    Invitation = invitation,
                    Path = Path(token),
                    Typed = typed,
                    ErrorKeys = error is null
                        ? (IReadOnlyList<KeyValuePair<string, string>>)[]
                        : [KeyValuePair.Create(error.Split('.')[1], error)],
                },
                error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
            )
            : PageResults.StaffLinkNotUsable();

    private static async Task<IResult> OptionsAsync(
        string token,
        HttpRequest request,
        InvitationStore invitations,
        Passkeys passkeys
    )
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        return
            invitations.Find(token) is { } invitation
            && EmailAddress.Parse(form["email"].ToString()).Address is { } address
            ? await passkeys.MakeOptionsAsync(request.HttpContext, invitation.MemberId, invitation.Name, address.Typed)
            : Results.StatusCode(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> JoinAsync(
        string token,
        HttpRequest request,
        InvitationStore invitations,
        PasswordSignIn passwords,
        Passkeys passkeys,
        PublicAddress site,
        SessionCookie cookie
    )
    {
        if (invitations.Find(token) is not { } invitation || !cookie.IsUsable)
            return PageResults.StaffLinkNotUsable();
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var (typed, password, answer) = (
            form["email"].ToString(),
            form["password"].ToString(),
            form["passkey"].ToString()
        );
        if (EmailAddress.Parse(typed).Address is not { } address)
            return Render(token, invitations, typed, "Error.email");
        Joining joining;
        if (answer.Length > 0)
        {
            if (
                await passkeys.MakeAsync(request.HttpContext, answer, invitation.MemberId, Device.Of(request))
                is not { } passkey
            )
                return Render(token, invitations, typed, "Passkey.Failed");
            joining = new Joining(address.Typed, null, passkey, PageLanguage.Current);
        }
        else
        {
            if (PasswordRules.Check(password, address.Typed, invitation.Name, new Uri(site.Url).Host) is { } problem)
                return Render(token, invitations, typed, "Error.password." + problem);
            var hash = await passwords.HashAsync(password, request.HttpContext.RequestAborted);
            joining = new Joining(address.Typed, hash, null, PageLanguage.Current);
        }
        var joined = await invitations.JoinAsync(token, joining);
        if (joined.Refusal is { } refusal)
            return refusal == Refusal.LinkNotUsable
                ? PageResults.StaffLinkNotUsable()
                : Render(token, invitations, typed, "Error.email");
        return await SignInEndpoints.EnterAsync(
            request,
            joined.Value,
            secondFactor: joining.Passkey is not null,
            joining.Passkey is null ? ConsoleAccess.SecondFactor : "/staff/me"
        );
    }
}
