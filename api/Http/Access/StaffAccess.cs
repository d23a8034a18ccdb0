using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Http.Access;

/// <summary>
/// The roles that may use an endpoint, besides administrators, who may use every endpoint. An
/// endpoint without roles is for administrators only.
/// </summary>
internal sealed record RequiredRoles(IReadOnlyList<string> Roles);

/// <summary>
/// Authenticates staff by their personal access token. A wrong token gives 401; an insufficient
/// role gives 404, like a missing resource.
/// </summary>
internal static class StaffAccess
{
    private static readonly object _key = new();

    public static RouteGroupBuilder MapStaffGroup(this IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/api/staff")
            .WithMetadata(new RequiredToken(ApiDocument.StaffToken))
            .AddEndpointFilter(
                async (context, next) =>
                {
                    var http = context.HttpContext;
                    http.Response.Headers.CacheControl = "no-store";
                    var store = http.RequestServices.GetRequiredService<StaffStore>();
                    if (BearerToken.Read(http.Request) is not { } token || store.FindByToken(token) is not { } member)
                    {
                        using var attempt = http.RequestServices.GetRequiredService<StaffSignInLimiter>().Attempt(http);
                        if (attempt.IsAcquired)
                            return Refusal.NotSignedIn.ToProblem();
                        RetryAfter.Set(http.Response, attempt);
                        return Refusal.RateLimited.ToProblem();
                    }
                    var roles = http.GetEndpoint()?.Metadata.GetMetadata<RequiredRoles>()?.Roles ?? [];
                    if (member.Role != Role.Administrator && !roles.Contains(member.Role))
                        return Refusal.NotFound.ToProblem();
                    http.Items[_key] = member;
                    return await next(context);
                }
            );

    /// <summary>
    /// Allows further roles besides administrators, and declares the refusals of staff endpoints.
    /// </summary>
    public static RouteHandlerBuilder RequireRole(this RouteHandlerBuilder endpoint, params string[] roles) =>
        endpoint
            .WithMetadata(new RequiredRoles(roles))
            .ProducesProblems(Refusal.NotSignedIn, Refusal.NotFound, Refusal.RateLimited);

    public static StaffMember Member(this HttpContext context) => (StaffMember)context.Items[_key]!;

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
}
