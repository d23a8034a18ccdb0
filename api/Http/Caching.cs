using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Http;

/// <summary>What caches may keep of public answers.</summary>
internal static class Caching
{
    /// <summary>Never changes again: a part of an append-only thing.</summary>
    private const string Forever = "public, max-age=31536000, immutable";

    private const string AskFirst = "no-cache";

    /// <summary>
    /// Sets the tag and what caches may do. True when the client has exactly this already; the handler then answers
    /// <see cref="NotModified"/>.
    /// </summary>
    public static bool Knows(this HttpContext context, string tag, bool immutable)
    {
        var quoted = $"\"{tag}\"";
        context.Response.Headers.ETag = quoted;
        context.Response.Headers.CacheControl = immutable ? Forever : AskFirst;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(EntityTagHeaderValue.Parse(quoted), useStrongComparison: false));
    }

    public static IResult NotModified() => TypedResults.StatusCode(StatusCodes.Status304NotModified);
}
