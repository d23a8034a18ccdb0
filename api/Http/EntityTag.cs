using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Http;

/// <summary>
/// An ETag. A weak ETag means equivalent content, not identical bytes.
/// </summary>
internal sealed class EntityTag(string value, bool weak = false)
{
    public EntityTagHeaderValue Parsed { get; } = new($"\"{value}\"", weak);

    public string Text { get; } = weak ? $"W/\"{value}\"" : $"\"{value}\"";

    /// <summary>
    /// True when <c>If-None-Match</c> contains this tag or <c>*</c>.
    /// </summary>
    public bool IsKnown(HttpRequest request)
    {
        var known = request.Headers.IfNoneMatch;
        if (known.Count == 0)
            return false;
        // Nearly every client sends the tag back unchanged; only other headers are parsed.
        if (known.Count == 1 && known[0] == Text)
            return true;
        return request
            .GetTypedHeaders()
            .IfNoneMatch.Any(tag =>
                tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(Parsed, useStrongComparison: false)
            );
    }

    /// <summary>
    /// True when <c>If-Match</c> is missing, is <c>*</c> or contains this tag. A weak tag never
    /// matches.
    /// </summary>
    public bool IsExpected(HttpRequest request) =>
        request.Headers.IfMatch.Count == 0
        || request
            .GetTypedHeaders()
            .IfMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(Parsed, useStrongComparison: true));
}
