using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Http;

/// <summary>The character set of a body. Everything here is UTF-8.</summary>
internal static class BodyCharset
{
    /// <summary>
    /// True when <c>Content-Type</c> names no character set, or UTF-8. Its name is compared and
    /// never looked up, because the framework throws for some names.
    /// </summary>
    public static bool IsUtf8(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && HeaderUtilities.RemoveQuotes(type.Charset) is var charset
        && (charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
