using Campaigns.Db;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace Campaigns.Worker.Telemetry;

/// <summary>
/// Answers <c>/metrics</c> as Prometheus text at <c>Metrics:Urls</c>: a web server of its own, so
/// that no setting of the public one can open it to visitors.
/// </summary>
internal sealed class MetricsListener(MeterProvider meters, TelemetrySettings settings)
    : IHostedService,
        IAsyncDisposable
{
    private WebApplication? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddOptions();
        _server = builder.Build();
        foreach (var url in settings.Listen)
            _server.Urls.Add(url);
        _server.UseOpenTelemetryPrometheusScrapingEndpoint(meters, null, "/metrics", null, null);
        try
        {
            await _server.StartAsync(cancellationToken);
        }
        catch (IOException error)
        {
            throw new StartRefusedException($"Metrics:Urls cannot be listened at: {error.Message}");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
