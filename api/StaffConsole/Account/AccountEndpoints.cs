using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Account;

/// <summary>A member's own access: sessions, second factors, tokens.</summary>
internal static class AccountEndpoints
{
    public const string Address = "/staff/me";

    /// <summary>How many lines about the own access are shown.</summary>
    public const int MostEvents = 50;

    public static void MapAccount(this RouteGroupBuilder screens)
    {
        screens.MapPage("/me", Show).ForMember();
        screens.MapPost("/me/sessions/{id}/end", EndSessionAsync).ForMember();
        screens.MapPage("/me/prove", ShowProve).ForMember();
        screens.MapPost("/me/prove", ProveAsync).ForMember();
        screens.MapPost("/me/prove/passkey-options", ProveOptionsAsync).ForMember();
        screens.MapPost("/me/prove/passkey", ProveByPasskeyAsync).ForMember();
        screens.MapPage("/me/tokens/new", () => PageResults.Page<NewTokenPage>(new { })).ForMember().Fresh();
        screens.MapPost("/me/tokens", AddTokenAsync).ForMember().Fresh();
        screens.MapPost("/me/tokens/{id}/end", EndTokenAsync).ForMember().Fresh();
        screens.MapSecondFactors();
        screens.MapAddress();
        screens.MapCalendarScreens();
    }

    /// <summary>Allows any member, also before a second factor is set up.</summary>
    public static RouteHandlerBuilder ForMember(this RouteHandlerBuilder screen) =>
        screen.For(Role.Campaigner, Role.Organiser, Role.Auditor).WithMetadata(new OwnData());

    /// <summary>Needs a second factor that was proved a few minutes ago.</summary>
    public static RouteHandlerBuilder Fresh(this RouteHandlerBuilder screen) =>
        screen.WithMetadata(new RequiredSession(Fresh: true));

    /// <summary>Everything about the member of this request.</summary>
    public static AccountView Read(HttpContext context)
    {
        var services = context.RequestServices;
        var id = context.Member().Id;
        var account = services.GetRequiredService<AccountStore>().Find(id);
        return new AccountView(
            SignedIn.Of(context)!.Session!,
            account,
            services.GetRequiredService<SessionStore>().List(id),
            services.GetRequiredService<PasskeyStore>().List(id),
            services.GetRequiredService<TokenStore>().List(id),
            services.GetRequiredService<CalendarStore>().List(id),
            services.GetRequiredService<RecoveryCodeStore>().Count(id),
            account?.PendingAddress is null ? null : services.GetRequiredService<MemberLetterStore>().FindNewest(id),
            services.GetRequiredService<AuditStore>().ListAccess(id, MostEvents)
        );
    }

    private static IResult Show(HttpContext context) => PageResults.Page<AccountPage>(new { View = Read(context) });

    private static async Task<IResult> EndSessionAsync(string id, HttpContext context, SessionStore sessions) =>
        Ids.TryParse(id, out var session) && await sessions.EndAsync(context.Member().Id, session)
            ? PageResults.SeeOther(context.Request, Address)
            : PageResults.NotFound();

    private static IResult ShowProve(HttpContext context, string? next) =>
        RenderProve(context, ConsoleAccess.Next(next), failed: false);

    private static IResult RenderProve(HttpContext context, string next, bool failed) =>
        PageResults.Page<ProvePage>(
            new
            {
                Next = next,
                HasPasskeys = Read(context).Passkeys.Count > 0,
                Failed = failed,
            },
            failed ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK
        );

    private static async Task<IResult> ProveAsync(
        HttpContext context,
        PasswordSignIn passwords,
        AccountStore accounts,
        SessionStore sessions
    )
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var next = ConsoleAccess.Next(form["next"]);
        // A session that proved none yet belongs to a member who has none: there is nothing to prove.
        if (SignedIn.Of(context)!.Session is not { SecondFactorAt: not null } session)
            return PageResults.SeeOther(context.Request, ConsoleAccess.SecondFactor);
        if (
            accounts.Find(session.Member.Id) is not { } account
            || !await passwords.CheckCodeAsync(account, form["code"].ToString())
        )
            return RenderProve(context, next, failed: true);
        await sessions.ProveAsync(session);
        return PageResults.SeeOther(context.Request, next);
    }

    private static Task<IResult> ProveOptionsAsync(HttpContext context, Passkeys passkeys) =>
        passkeys.UseOptionsAsync(context);

    private static async Task<IResult> ProveByPasskeyAsync(
        HttpContext context,
        Passkeys passkeys,
        SessionStore sessions
    )
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var next = ConsoleAccess.Next(form["next"]);
        var session = SignedIn.Of(context)!.Session!;
        if (
            await passkeys.UseAsync(context, form["passkey"].ToString()) is not { } account
            || account.StaffId != session.Member.Id
        )
            return RenderProve(context, next, failed: true);
        await sessions.ProveAsync(session);
        return PageResults.SeeOther(context.Request, next);
    }

    private static async Task<IResult> AddTokenAsync(HttpContext context, TokenStore tokens)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var readOnly = PageForm.IsChecked(form, "readOnly");
        var request = TokenRequest.From(form["name"], form["days"], readOnly);
        if (request.Value is not { } asked)
            return PageResults.Page<NewTokenPage>(
                new
                {
                    Name = form["name"].ToString(),
                    Days = form["days"].ToString(),
                    ReadOnly = readOnly,
                    Errors = request.Refusal!.Errors!.Keys.ToList(),
                },
                StatusCodes.Status400BadRequest
            );
        var (_, token) = await tokens.AddAsync(context.Member().Id, asked.Name, asked.ReadOnly, asked.Lifetime);
        return PageResults.Page<NewTokenPage>(new { Token = token });
    }

    private static async Task<IResult> EndTokenAsync(string id, HttpContext context, TokenStore tokens) =>
        Ids.TryParse(id, out var token) && await tokens.EndAsync(context.Member().Id, token)
            ? PageResults.SeeOther(context.Request, Address)
            : PageResults.NotFound();
}
