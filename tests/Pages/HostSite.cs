using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Pages;

/// <summary>
/// A site of another origin that shows a frame of the campaign, with a strict policy of its own.
/// </summary>
internal sealed class HostSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HostSite(WebApplication app, string origin) => (_app, Origin) = (app, origin);

    public string Origin { get; }

    /// <summary>Starts a site that is to show frames of a campaign server.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="server">The address of the campaign server.</param>
    /// <param name="body">The body of its page.</param>
    public static async Task<HostSite> StartAsync(int port, Uri server, string body)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var origin = $"http://127.0.0.1:{port}";
        builder.WebHost.UseUrls(origin);
        var app = builder.Build();
        var home = server.ToString().TrimEnd('/');
        app.Run(context =>
        {
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; base-uri 'none'; frame-src {home}; script-src {home}/embed/host.js";
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(
                $"<!DOCTYPE html><html lang=\"en\"><title>Host</title><body>{body}</body></html>"
            );
        });
        await app.StartAsync();
        return new HostSite(app, origin);
    }

    public static int NextPort() => TestPorts.Next();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
