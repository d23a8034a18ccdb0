using System.Globalization;
using System.Threading.RateLimiting;

namespace Campaigns.Api.Http;

/// <summary>
/// The header <c>Retry-After</c>, in seconds. Every 429 and 503 has it: from the limit that refused
/// the request if that knows when it ends, else one of the two numbers here.
/// </summary>
internal static class RetryAfter
{
    // A queue of writes empties within a second once the database takes writes again.
    private const string Overloaded = "1";

    // For a limit without an end, such as the number of open streams.
    private const string Limited = "10";

    /// <summary>Sets the header from a limit that knows when it ends.</summary>
    public static void Set(HttpResponse response, RateLimitLease refused)
    {
        if (refused.TryGetMetadata(MetadataName.RetryAfter, out var after))
            Set(response, after);
    }

    /// <summary>Sets the header to a time, at least a second.</summary>
    public static void Set(HttpResponse response, TimeSpan after) =>
        response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds))
            .ToString(CultureInfo.InvariantCulture);

    /// <summary>Completes a response that is about to start.</summary>
    public static void Complete(HttpResponse response)
    {
        if (response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            response.Headers.TryAdd("Retry-After", Overloaded);
        else if (response.StatusCode == StatusCodes.Status429TooManyRequests)
            response.Headers.TryAdd("Retry-After", Limited);
    }
}
