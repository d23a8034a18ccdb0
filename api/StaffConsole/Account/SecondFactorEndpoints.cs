using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Staff;
using Campaigns.Worker;
using QRCoder;

namespace Campaigns.Api.StaffConsole.Account;

/// <summary>
/// The password, the authenticator, the recovery codes and the passkeys of a member.
/// </summary>
internal static class SecondFactorEndpoints
{
    private const int PixelsPerModule = 6;

    public static void MapSecondFactors(this RouteGroupBuilder screens)
    {
        screens.MapPage("/me/second-factor", ShowSetUp).ForMember();
        screens.MapPost("/me/second-factor", SetUpAsync).ForMember();
        screens.MapPage("/me/recovery-codes", () => PageResults.Page<RecoveryCodesPage>(new { })).ForMember().Fresh();
        screens.MapPost("/me/recovery-codes", ShowCodesAsync).ForMember().Fresh();
        screens.MapPage("/me/password", () => PageResults.Page<PasswordPage>(new { })).ForMember().Fresh();
        screens.MapPost("/me/password", ChangePasswordAsync).ForMember().Fresh();
        screens.MapPage("/me/passkeys/new", ShowNewPasskey).ForMember();
        screens.MapPost("/me/passkeys/options", PasskeyOptionsAsync).ForMember();
        screens.MapPost("/me/passkeys", AddPasskeyAsync).ForMember();
        screens.MapPost("/me/passkeys/{id}/end", EndPasskeyAsync).ForMember().Fresh();
    }

    // The first second factor can be added by the password alone; any further one needs the first.
    private static IResult? RequireProof(HttpContext context, AccountView view, TimeProvider time)
    {
        var proved = view.Current.SecondFactorAt;
        return !view.HasSecondFactor || time.UtcNow() - proved <= SessionStore.FreshFor
            ? null
            : PageResults.SeeOther(
                context.Request,
                $"{ConsoleAccess.Prove}?next={Uri.EscapeDataString(context.Request.Path)}"
            );
    }

    private static IResult ShowSetUp(HttpContext context, SignInTicket tickets, PublicAddress site, TimeProvider time)
    {
        var view = AccountEndpoints.Read(context);
        if (view.Account?.PasswordHash is null)
            return PageResults.SeeOther(context.Request, AccountEndpoints.Address);
        return RequireProof(context, view, time)
            ?? Render(context, view, tickets, site, AuthenticatorCodes.CreateSecret(), failed: false);
    }

    private static IResult Render(
        HttpContext context,
        AccountView view,
        SignInTicket tickets,
        PublicAddress site,
        byte[] secret,
        bool failed
    )
    {
        var address = AuthenticatorCodes.Address(secret, new Uri(site.Url).Host, view.Account!.Address!);
        using var square = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var png = new PngByteQRCode(square);
        return PageResults.Page<SecondFactorPage>(
            new
            {
                Ticket = tickets.ForSecret(context.Member().Id, secret),
                Secret = AuthenticatorCodes.Text(secret),
                Square = "data:image/png;base64," + Convert.ToBase64String(png.GetGraphic(PixelsPerModule)),
                Failed = failed,
            },
            failed ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK
        );
    }

    private static async Task<IResult> SetUpAsync(
        HttpContext context,
        SignInTicket tickets,
        PublicAddress site,
        AuthenticatorCodes codes,
        AccountStore accounts,
        SessionStore sessions,
        RecoveryCodes recovery,
        TimeProvider time
    )
    {
        var view = AccountEndpoints.Read(context);
        if (RequireProof(context, view, time) is { } prove)
            return prove;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (
            view.Account is not { PasswordHash: not null } account
            || tickets.ReadSecret(account.StaffId, form["ticket"]) is not { } secret
        )
            return PageResults.SeeOther(context.Request, ConsoleAccess.SecondFactor);
        if (codes.FindStep(secret, form["code"].ToString()) is not { } step)
            return Render(context, view, tickets, site, secret, failed: true);
        (account.Authenticator, account.AuthenticatorAt) = (secret, time.UtcNow());
        if (!await accounts.ChangeSignInAsync(account, view.Current.Id, "authenticator.set"))
            return PageResults.SeeOther(context.Request, ConsoleAccess.SecondFactor);
        await accounts.UseStepAsync(account.StaffId, step);
        await sessions.ProveAsync(view.Current);
        return await ShowCodesAsync(context, recovery);
    }

    private static async Task<IResult> ShowCodesAsync(HttpContext context, RecoveryCodes recovery) =>
        await recovery.MakeAsync(context.Member().Id) is { } made
            ? PageResults.Page<RecoveryCodesPage>(new { Codes = made })
            : PageResults.SeeOther(context.Request, AccountEndpoints.Address);

    private static async Task<IResult> ChangePasswordAsync(
        HttpContext context,
        PasswordSignIn passwords,
        AccountStore accounts,
        PublicAddress site
    )
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var view = AccountEndpoints.Read(context);
        if (view.Account is not { Address: { } address } account)
            return PageResults.SeeOther(context.Request, AccountEndpoints.Address);
        var password = form["password"].ToString();
        if (PasswordRules.Check(password, address, account.Name, new Uri(site.Url).Host) is { } problem)
            return PageResults.Page<PasswordPage>(
                new { Error = "Error.password." + problem },
                StatusCodes.Status400BadRequest
            );
        account.PasswordHash = await passwords.HashAsync(password, context.RequestAborted);
        // A change at the same time was the member's own in another browser: the page shows what is so now.
        await accounts.ChangeSignInAsync(account, view.Current.Id, "password.set");
        return PageResults.SeeOther(context.Request, AccountEndpoints.Address);
    }

    private static IResult ShowNewPasskey(HttpContext context, TimeProvider time) =>
        RequireProof(context, AccountEndpoints.Read(context), time)
        ?? PageResults.Page<NewPasskeyPage>(new { Suggested = Device.Of(context.Request) });

    private static async Task<IResult> PasskeyOptionsAsync(HttpContext context, Passkeys passkeys, TimeProvider time)
    {
        var view = AccountEndpoints.Read(context);
        if (view.Account is null || RequireProof(context, view, time) is not null)
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        var member = context.Member();
        return await passkeys.MakeOptionsAsync(context, member.Id, member.Name, view.Account.Address ?? member.Name);
    }

    private static async Task<IResult> AddPasskeyAsync(
        HttpContext context,
        Passkeys passkeys,
        PasskeyStore store,
        SessionStore sessions,
        TimeProvider time
    )
    {
        var view = AccountEndpoints.Read(context);
        if (RequireProof(context, view, time) is { } prove)
            return prove;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var member = context.Member();
        var (name, problem) = CampaignFields.Line(form["name"].ToString(), Passkeys.MostName);
        if (
            problem is not null
            || await passkeys.MakeAsync(context, form["passkey"].ToString(), member.Id, name!) is not { } passkey
        )
            return PageResults.Page<NewPasskeyPage>(
                new { Suggested = Device.Of(context.Request), Failed = true },
                StatusCodes.Status400BadRequest
            );
        await store.AddAsync(member.Id, passkey);
        if (!view.HasSecondFactor)
        {
            await sessions.EndOthersAsync(view.Current);
            await sessions.ProveAsync(view.Current);
        }
        return PageResults.SeeOther(context.Request, AccountEndpoints.Address);
    }

    private static async Task<IResult> EndPasskeyAsync(string id, HttpContext context, PasskeyStore passkeys)
    {
        var view = AccountEndpoints.Read(context);
        if (!Ids.TryParse(id, out var passkey) || view.Passkeys.All(own => own.Id != passkey))
            return PageResults.NotFound();
        if (view.IsOnlySecondFactor(passkey))
            return PageResults.Message("LastSecondFactor", StatusCodes.Status409Conflict);
        await passkeys.EndAsync(context.Member().Id, passkey);
        return PageResults.SeeOther(context.Request, AccountEndpoints.Address);
    }
}
