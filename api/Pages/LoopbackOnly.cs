using System.Net;

namespace Campaigns.Api.Pages;

/// <summary>
/// For what a newcomer may do in Development without a token: it answers nobody but a browser on
/// this very machine.
/// </summary>
internal static class LoopbackOnly
{
    public static TBuilder OnThisMachineOnly<TBuilder>(this TBuilder pages)
        where TBuilder : IEndpointConventionBuilder =>
        pages.AddEndpointFilter(
            async (context, next) => Is(context.HttpContext) ? await next(context) : PageResults.NotFound()
        );

    /// <summary>
    /// The peer is this machine, no proxy stands between, and the browser was not led here under
    /// another name (DNS rebinding).
    /// </summary>
    public static bool Is(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer
        && IPAddress.IsLoopback(peer)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For")
        && !context.Request.Headers.ContainsKey("Forwarded")
        && (
            context.Request.Host.Host is "localhost"
            || (
                IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host)
            )
        );
}
