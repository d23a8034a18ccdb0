using System.Text;
using Campaigns.Api.Endpoints.Ledger;
using Campaigns.Db.Keys;
using Campaigns.Worker;

namespace Campaigns.Api.Pages.Verify;

/// <summary>
/// Where anyone checks a packet, a manifest or a receipt in the browser. The page has the keys, so
/// that its script needs no connection and its policy allows none: nothing can be uploaded.
/// </summary>
internal static class VerifyPageEndpoints
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'none'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    public static void MapVerifyPage(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/verify", Show);
        pages.MapPage(StaticFile.Verify.Path, StaticFile.Verify.Get);
    }

    private static IResult Show(HttpResponse response, KeyRing keys, PublicAddress address)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        return PageResults.Page<VerifyPage>(
            new { Keys = Encoding.UTF8.GetString(PublishedKeys.From(keys).ToJson()), PublicUrl = address.Url }
        );
    }
}
