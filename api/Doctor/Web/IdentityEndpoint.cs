using Campaigns.Api.Http;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Web;

/// <summary>
/// Answers the probe of the public address. It is part of the API, because proxies keep the health
/// checks from the public.
/// </summary>
internal static class IdentityEndpoint
{
    private const int ChallengeLength = 32;

    public static void MapIdentity(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/api/identity/{challenge}", Show)
            .RequireNetworkLimit(NetworkLimit.Other)
            .Describe("getIdentity", Tag.Health, "Shows the command doctor that this address reaches its installation.")
            .ProducesJson(new IdentityView(new string('0', 64), Uri.UriSchemeHttps, IdentityView.Known))
            .ProducesProblems(Refusal.NotFound);

    private static IResult Show(string challenge, HttpContext http, InstallationIdentity identity)
    {
        if (challenge.Length != ChallengeLength || !challenge.All(char.IsAsciiHexDigitLower))
            return Refusal.NotFound.ToResult();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new IdentityView(identity.Answer(challenge), http.Request.Scheme, Forwarded(http.Request.Headers))
        );
    }

    // The middleware moves what it accepts from a known proxy to X-Original-For. The probe sends no such header itself,
    // so what remains was added by a proxy.
    private static string Forwarded(IHeaderDictionary headers) =>
        (headers.ContainsKey("X-Original-For"), headers.ContainsKey("X-Forwarded-For")) switch
        {
            (true, true) => IdentityView.Partly,
            (true, false) => IdentityView.Known,
            (false, true) => IdentityView.Unknown,
            _ => IdentityView.None,
        };
}
