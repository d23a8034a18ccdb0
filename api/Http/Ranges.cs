using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Http;

/// <summary>Which requests get a range of a file (RFC 9110, section 14).</summary>
internal static class Ranges
{
    /// <summary>
    /// True for a GET with ranges in bytes that either has no <c>If-Range</c> or names this version
    /// there. Otherwise the whole file is sent. The framework's rule takes every unit for bytes and
    /// a date in <c>If-Range</c> for any version.
    /// </summary>
    public static bool AreAsked(HttpRequest request, EntityTag tag) =>
        HttpMethods.IsGet(request.Method)
        && RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var range)
        && range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
        && (
            request.Headers.IfRange.Count == 0
            || (
                EntityTagHeaderValue.TryParse(request.Headers.IfRange.ToString(), out var known)
                && known.Compare(tag.Parsed, useStrongComparison: true)
            )
        );
}
