using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>Signing in with a password and a code or with a passkey, and signing out.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this RouteGroupBuilder pages)
    {
        pages.MapPage("/sign-in", Show);
        pages.MapPost("/sign-in", CheckPasswordAsync);
        pages.MapPost("/sign-in/code", CheckCodeAsync);
        pages.MapPost("/sign-in/passkey-options", PasskeyOptionsAsync);
        pages.MapPost("/sign-in/passkey", UsePasskeyAsync);
        pages.MapPost("/sign-out", SignOutAsync);
    }

    /// <summary>Starts a session in this browser and leads to a screen.</summary>
    public static async Task<IResult> EnterAsync(HttpRequest request, long staffId, bool secondFactor, string next)
    {
        var services = request.HttpContext.RequestServices;
        var key = await services
            .GetRequiredService<SessionStore>()
            .StartAsync(staffId, Device.Of(request), secondFactor);
        services.GetRequiredService<SessionCookie>().Write(request.HttpContext.Response, key);
        return PageResults.SeeOther(request, next);
    }

    private static IResult Show(HttpContext context, string? next) => Render(context, ConsoleAccess.Next(next));

    private static IResult Render(HttpContext context, string next, string? failure = null, string? typed = null) =>
        PageResults.Page<SignInPage>(
            new
            {
                Next = next,
                Failure = failure,
                Typed = typed,
                OfferDemonstration = context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment()
                    && LoopbackOnly.Is(context),
            },
            failure is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );

    private static async Task<IResult> CheckPasswordAsync(
        HttpRequest request,
        PasswordSignIn passwords,
        SignInTicket tickets,
        PasskeyStore passkeys,
        SessionCookie cookie
    )
    {
        if (!cookie.IsUsable)
            return Render(request.HttpContext, ConsoleAccess.Next(null));
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var (email, next) = (form["email"].ToString(), ConsoleAccess.Next(form["next"]));
        if (RefuseGuesses(request) is { } refused)
            return refused;
        var account = await passwords.CheckAsync(
            email,
            form["password"].ToString(),
            request.HttpContext.RequestAborted
        );
        if (account is null)
        {
            CountGuess(request);
            return Render(request.HttpContext, next, "Failed", email);
        }
        // A member without a second factor reaches only the page that sets one up.
        return account.HasAuthenticator || passkeys.List(account.StaffId).Count > 0
            ? PageResults.Page<CodePage>(new { Ticket = tickets.ForPassword(account), Next = next })
            : await EnterAsync(request, account.StaffId, secondFactor: false, ConsoleAccess.SecondFactor);
    }

    private static async Task<IResult> CheckCodeAsync(
        HttpRequest request,
        PasswordSignIn passwords,
        SignInTicket tickets
    )
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var (ticket, next) = (form["ticket"].ToString(), ConsoleAccess.Next(form["next"]));
        if (tickets.ReadPassword(ticket) is not { } account)
            return PageResults.SeeOther(request, ConsoleAccess.SignIn);
        if (RefuseGuesses(request) is { } refused)
            return refused;
        if (await passwords.CheckCodeAsync(account, form["code"].ToString()))
            return await EnterAsync(request, account.StaffId, secondFactor: true, next);
        CountGuess(request);
        return PageResults.Page<CodePage>(
            new
            {
                Ticket = ticket,
                Next = next,
                Failed = true,
            },
            StatusCodes.Status400BadRequest
        );
    }

    private static Task<IResult> PasskeyOptionsAsync(HttpContext context, Passkeys passkeys) =>
        passkeys.UseOptionsAsync(context);

    // A lockout does not block a passkey: it cannot be guessed.
    private static async Task<IResult> UsePasskeyAsync(HttpRequest request, Passkeys passkeys)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var next = ConsoleAccess.Next(form["next"]);
        return await passkeys.UseAsync(request.HttpContext, form["passkey"].ToString()) is { } account
            ? await EnterAsync(request, account.StaffId, secondFactor: true, next)
            : Render(request.HttpContext, next, "Passkey.Failed");
    }

    private static async Task<IResult> SignOutAsync(HttpRequest request, SessionCookie cookie, SessionStore sessions)
    {
        if (cookie.Read(request) is { } session)
            await sessions.EndAsync(session.Member.Id, session.Id);
        cookie.Clear(request.HttpContext.Response);
        return PageResults.SeeOther(request, ConsoleAccess.SignIn);
    }

    // One network may fail as often as with tokens.
    private static IResult? RefuseGuesses(HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<StaffSignInLimiter>().IsExhausted(request.HttpContext)
            ? PageResults.Message("Busy", StatusCodes.Status429TooManyRequests)
            : null;

    private static void CountGuess(HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<StaffSignInLimiter>().Count(request.HttpContext);
}
