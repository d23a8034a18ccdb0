using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;

namespace Campaigns.Api.StaffConsole;

/// <summary>
/// Lets members with a session to the screens. Others are led to the sign-in, which leads back. A
/// screen out of reach is a page that is not found, as in the API.
/// </summary>
internal static class ConsoleAccess
{
    public const string SignIn = "/staff/sign-in";
    public const string SecondFactor = "/staff/me/second-factor";
    public const string Prove = "/staff/me/prove";

    public static RouteGroupBuilder RequireSession(this RouteGroupBuilder screens) =>
        screens.AddEndpointFilter(
            async (context, next) =>
            {
                var http = context.HttpContext;
                if (await StaffAccess.SignInByCookieAsync(http) is not { } signedIn)
                    return PageResults.SeeOther(http.Request, WithNext(SignIn, http.Request));
                if (StaffAccess.Check(http, signedIn) is { } refusal)
                    return refusal == Refusal.NotFound
                        ? PageResults.NotFound()
                        : PageResults.SeeOther(http.Request, WithNext(Step(signedIn), http.Request));
                signedIn.Set(http);
                return await next(context);
            }
        );

    /// <summary>Allows further roles besides administrators to use a screen.</summary>
    public static RouteHandlerBuilder For(this RouteHandlerBuilder screen, params string[] roles) =>
        screen.WithMetadata(new RequiredRoles(roles));

    /// <summary>
    /// The address to lead back to, if it is a screen of the console; else <c>/staff</c>.
    /// </summary>
    public static string Next(string? next) =>
        next is not null
        && (next == "/staff" || next.StartsWith("/staff/", StringComparison.Ordinal))
        // A header takes printable ASCII only.
        && next.All(sign => sign is > ' ' and < '\x7f')
            ? next
            : "/staff";

    private static string Step(SignedIn signedIn) => signedIn.Session?.SecondFactorAt is null ? SecondFactor : Prove;

    // Only the address of a page that is shown leads back: the fields of a form are lost.
    private static string WithNext(string address, HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path != "/staff"
            ? $"{address}?next={Uri.EscapeDataString(request.Path + request.QueryString)}"
            : address;
}
