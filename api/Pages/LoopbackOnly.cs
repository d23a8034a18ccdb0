using System.Net;

namespace Campaigns.Api.Pages;

/// <summary>
/// For pages in Development that need no token: only a browser on this machine gets them.
/// </summary>
internal static class LoopbackOnly
{
    public static TBuilder OnThisMachineOnly<TBuilder>(this TBuilder pages)
        where TBuilder : IEndpointConventionBuilder =>
        pages.AddEndpointFilter(
            async (context, next) => Is(context.HttpContext) ? await next(context) : PageResults.NotFound()
        );

    /// <summary>
    /// True when the peer is this machine, no proxy forwarded the request, and the host name is
    /// local (against DNS rebinding).
    /// </summary>
    public static bool Is(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer
        && IPAddress.IsLoopback(peer)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For")
        // Where the address came from a known proxy, the framework renames the header.
        && !context.Request.Headers.ContainsKey("X-Original-For")
        && !context.Request.Headers.ContainsKey("Forwarded")
        && (
            context.Request.Host.Host is "localhost"
            || (
                IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host)
            )
        );
}
