
namespace Campaigns.Api.Http;

/// <summary>Cache headers of public responses.</summary>
internal static class Caching
{
    /// <summary>For a part of the append-only ledger, which never changes.</summary>
    private const string Immutable = "public, max-age=31536000, immutable";

    private const string Revalidate = "no-cache";

    /// <summary>
    /// Sets the ETag and the cache headers. True when the client has this version; the handler then
    /// returns <see cref="NotModified"/>.
    /// </summary>
    public static bool MatchesETag(this HttpContext context, EntityTag tag, bool immutable)
    {
        context.Response.Headers.ETag = tag.Text;
        context.Response.Headers.CacheControl = immutable ? Immutable : Revalidate;
        return tag.IsKnown(context.Request);
    }

    public static IResult NotModified() => TypedResults.StatusCode(StatusCodes.Status304NotModified);
}
