using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Campaigns.Api.Http;

/// <summary>
/// A response of server-sent events that ends with the sequence. Rejected: the framework's result,
/// which cannot write comments.
/// </summary>
/// <param name="parts">Events and comments in their format, by <see cref="Event"/> and
/// <see cref="Comment"/>. Each is sent at once.</param>
internal sealed class EventStream(IAsyncEnumerable<byte[]> parts) : IResult
{
    public const string MediaType = "text/event-stream";

    /// <summary>
    /// A line that clients ignore. Proxies close silent connections, and only a write detects a
    /// client that has disconnected.
    /// </summary>
    public static byte[] Comment { get; } = ":\n\n"u8.ToArray();

    /// <summary>An event; <paramref name="data"/> has no line break.</summary>
    public static byte[] Event(string name, byte[] data) =>
        [.. Encoding.UTF8.GetBytes($"event: {name}\ndata: "), .. data, .. "\n\n"u8];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-cache,no-store";
        // nginx collects an answer before it passes it on, unless the answer says not to.
        response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(httpContext.Request.Method))
            return;
        httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        await response.Body.FlushAsync(httpContext.RequestAborted);
        await foreach (var part in parts.WithCancellation(httpContext.RequestAborted))
        {
            await response.Body.WriteAsync(part, httpContext.RequestAborted);
            await response.Body.FlushAsync(httpContext.RequestAborted);
        }
    }
}
