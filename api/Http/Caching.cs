using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Http;

/// <summary>
/// An ETag. A weak one says that nothing of interest differs, not that every byte is the same.
/// </summary>
internal sealed class EntityTag(string value, bool weak = false)
{
    private readonly EntityTagHeaderValue _parsed = new($"\"{value}\"", weak);

    public string Text { get; } = weak ? $"W/\"{value}\"" : $"\"{value}\"";

    /// <summary>
    /// True when <c>If-None-Match</c> names it, alone, among others or by <c>*</c>.
    /// </summary>
    public bool IsKnown(HttpRequest request)
    {
        var known = request.Headers.IfNoneMatch;
        if (known.Count == 0)
            return false;
        // Nearly every client sends back what it got; only the others are taken apart.
        if (known.Count == 1 && known[0] == Text)
            return true;
        return request
            .GetTypedHeaders()
            .IfNoneMatch.Any(one =>
                one.Equals(EntityTagHeaderValue.Any) || one.Compare(_parsed, useStrongComparison: false)
            );
    }
}

/// <summary>What caches may keep of public answers.</summary>
internal static class Caching
{
    /// <summary>Never changes again: a part of an append-only thing.</summary>
    private const string Forever = "public, max-age=31536000, immutable";

    private const string AskFirst = "no-cache";

    /// <summary>
    /// Sets the tag and what caches may do. True when the client has this already; the handler then
    /// answers <see cref="NotModified"/>.
    /// </summary>
    public static bool MatchesETag(this HttpContext context, EntityTag tag, bool immutable)
    {
        context.Response.Headers.ETag = tag.Text;
        context.Response.Headers.CacheControl = immutable ? Forever : AskFirst;
        return tag.IsKnown(context.Request);
    }

    public static IResult NotModified() => TypedResults.StatusCode(StatusCodes.Status304NotModified);
}
