using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Http.Access;

/// <summary>
/// Authenticates staff by their personal access token, or by the session of the console. Without
/// either the answer is 401; an insufficient role gives 404, like a missing resource.
/// </summary>
internal static class StaffAccess
{
    public static RouteGroupBuilder MapStaffGroup(this IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/api/staff")
            .WithMetadata(new RequiredToken(ApiDocument.StaffToken))
            .AddEndpointFilter(
                async (context, next) =>
                {
                    var http = context.HttpContext;
                    http.Response.Headers.CacheControl = "no-store";
                    if (await SignInAsync(http) is not { } signedIn)
                        return RefuseStranger(http);
                    if (Check(http, signedIn) is { } refusal)
                        return refusal.ToProblem();
                    signedIn.Set(http);
                    return await next(context);
                }
            );

    /// <summary>
    /// Allows further roles besides administrators, and declares the refusals of staff endpoints.
    /// </summary>
    public static RouteHandlerBuilder RequireRole(this RouteHandlerBuilder endpoint, params string[] roles) =>
        endpoint
            .WithMetadata(new RequiredRoles(roles))
            .ProducesProblems(Refusal.NotSignedIn, Refusal.SecondFactorNeeded, Refusal.NotFound, Refusal.RateLimited);

    /// <summary>
    /// Allows only a session whose second factor was proved a few minutes ago, for changes of
    /// access.
    /// </summary>
    public static RouteHandlerBuilder RequireFreshSession(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RequiredSession(Fresh: true)).ProducesProblems(Refusal.SessionNeeded);

    /// <summary>
    /// Allows any member, also before a second factor is set up: a member's own data.
    /// </summary>
    public static RouteHandlerBuilder RequireMember(this RouteHandlerBuilder endpoint) =>
        endpoint.RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor).WithMetadata(new OwnData());

    public static StaffMember Member(this HttpContext context) => SignedIn.Of(context)!.Member;

    public static Actor Actor(this HttpContext context) => new(context.Member().Id);

    /// <summary>
    /// The campaign, or null when there is none or it is a draft, which an organiser does not see.
    /// </summary>
    public static Campaign? FindCampaign(this HttpContext context, CampaignStore campaigns, string slug) =>
        campaigns.Find(slug) is { } campaign && context.Member().Reaches(campaign) ? campaign : null;

    /// <summary>False for an organiser and a draft.</summary>
    public static bool Reaches(this StaffMember member, Campaign campaign) =>
        member.Role != Role.Organiser || campaign.IsPublic;

    /// <summary>The countries the member is limited to; null for all.</summary>
    public static IReadOnlyList<string>? Scope(this StaffMember member) =>
        member.Role == Role.Organiser ? member.Countries : null;

    /// <summary>
    /// What keeps a member from an endpoint, by its metadata; null if nothing does. Pages and JSON
    /// ask the same rules.
    /// </summary>
    public static Refusal? Check(HttpContext http, SignedIn signedIn)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        var role = signedIn.Member.Role;
        if (role != Role.Administrator && metadata?.GetMetadata<RequiredRoles>()?.Roles.Contains(role) != true)
            return Refusal.NotFound;
        if (signedIn.ReadOnly && (!IsRead(http.Request) || metadata?.GetMetadata<HoldsPeople>() is not null))
            return Refusal.NotFound;
        var needed = metadata?.GetMetadata<RequiredSession>();
        if (signedIn.Session is not { } session)
            return needed is null ? null : Refusal.SessionNeeded;
        // A password alone sets up the first second factor and nothing else.
        if (session.SecondFactorAt is not { } proved)
            return needed is null && metadata?.GetMetadata<OwnData>() is not null ? null : Refusal.SecondFactorNeeded;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().UtcNow();
        return needed is { Fresh: true } && now - proved > SessionStore.FreshFor ? Refusal.SecondFactorNeeded : null;
    }

    /// <summary>
    /// False once the member's access ended or its reach changed since the request began, for a
    /// response that lasts. It is no use of the session.
    /// </summary>
    public static bool StillReaches(HttpContext http)
    {
        var then = SignedIn.Of(http)!;
        var now = BearerToken.Read(http.Request) is { } token
            ? http.RequestServices.GetRequiredService<TokenStore>().Find(token) is { } holder
                ? SignedIn.By(holder)
                : null
            : http.RequestServices.GetRequiredService<SessionCookie>().Read(http.Request) is { } session
                ? SignedIn.By(session)
                : null;
        return now is not null
            && now.Member.Role == then.Member.Role
            && now.Member.Countries.SequenceEqual(then.Member.Countries)
            && Check(http, now) is null;
    }

    // A token comes first: a program that sends one does not want the session of a browser. The cookie is
    // SameSite=Strict; the origin of a request that changes something is a second barrier.
    private static async Task<SignedIn?> SignInAsync(HttpContext http)
    {
        if (BearerToken.Read(http.Request) is { } token)
        {
            var tokens = http.RequestServices.GetRequiredService<TokenStore>();
            if (tokens.Find(token) is not { } holder)
                return null;
            await tokens.UseAsync(holder);
            return SignedIn.By(holder);
        }
        if (
            !IsRead(http.Request)
            && (!SameSiteFilter.IsSameOrigin(http.Request) || SameSiteFilter.IsOfUnknownPage(http.Request))
        )
            return null;
        return await SignInByCookieAsync(http);
    }

    /// <summary>The member of the session of the console; null without one.</summary>
    public static async Task<SignedIn?> SignInByCookieAsync(HttpContext http)
    {
        if (http.RequestServices.GetRequiredService<SessionCookie>().Read(http.Request) is not { } session)
            return null;
        await http.RequestServices.GetRequiredService<SessionStore>().SeeAsync(session);
        return SignedIn.By(session);
    }

    private static IResult RefuseStranger(HttpContext http)
    {
        if (http.RequestServices.GetRequiredService<StaffSignInLimiter>().Count(http) is not { } wait)
            return Refusal.NotSignedIn.ToProblem();
        RetryAfter.Set(http.Response, wait);
        return Refusal.RateLimited.ToProblem();
    }

    private static bool IsRead(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
