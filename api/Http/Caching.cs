using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Http;

/// <summary>What caches may keep of public answers.</summary>
internal static class Caching
{
    /// <summary>Never changes again: a part of an append-only thing.</summary>
    private const string Forever = "public, max-age=31536000, immutable";

    private const string AskFirst = "no-cache";

    /// <summary>
    /// Sets the tag and what caches may do. True when the client has this already; the handler then answers <see cref="NotModified"/>.
    /// A <paramref name="weak"/> tag says that nothing of interest differs, not that every byte is the same.
    /// </summary>
    public static bool Knows(this HttpContext context, string tag, bool immutable, bool weak = false)
    {
        var own = new EntityTagHeaderValue($"\"{tag}\"", weak);
        context.Response.Headers.ETag = own.ToString();
        context.Response.Headers.CacheControl = immutable ? Forever : AskFirst;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(own, useStrongComparison: false));
    }

    public static IResult NotModified() => TypedResults.StatusCode(StatusCodes.Status304NotModified);
}
