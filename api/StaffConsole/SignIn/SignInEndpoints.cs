using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>Signing in and out.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this RouteGroupBuilder pages)
    {
        pages.MapPage("/sign-in", Show);
        pages.MapPost("/sign-out", SignOutAsync);
    }

    private static IResult Show(HttpContext context, IHostEnvironment environment, string? next) =>
        PageResults.Page<SignInPage>(
            new
            {
                Next = ConsoleAccess.Next(next),
                OfferDemonstration = environment.IsDevelopment() && LoopbackOnly.Is(context),
            }
        );

    private static async Task<IResult> SignOutAsync(HttpRequest request, SessionCookie cookie, SessionStore sessions)
    {
        if (cookie.Read(request) is { } session)
            await sessions.EndAsync(session.Member.Id, session.Id);
        cookie.Clear(request.HttpContext.Response);
        return PageResults.SeeOther(request, ConsoleAccess.SignIn);
    }
}
