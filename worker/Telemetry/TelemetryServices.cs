using Campaigns.Db;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Campaigns.Worker.Telemetry;

/// <summary>
/// Registers OpenTelemetry where the settings ask for it. The rest of the product knows only the
/// runtime's own instruments.
/// </summary>
public static class TelemetryServices
{
    private const string HttpClientMeter = "System.Net.Http";

    private static readonly string[] _clientTags = ["http.request.method", "http.response.status_code", "error.type"];

    // The runtime, its HTTP client and the PostgreSQL driver measure themselves under these names.
    private static readonly string[] _meters = [Database.MeterName, "System.Runtime", HttpClientMeter, "Npgsql"];
    private static readonly string[] _spans = ["System.Net.Http", "Npgsql"];

    /// <param name="services">The services of the process.</param>
    /// <param name="configuration">Its settings (<see cref="TelemetrySettings"/>).</param>
    /// <param name="addSpans">Adds the sources of this process.</param>
    /// <param name="meters">The meters of this process.</param>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<TracerProviderBuilder>? addSpans = null,
        params string[] meters
    )
    {
        var settings = TelemetrySettings.Read(configuration);
        if (!settings.IsOn)
            return services;
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
            {
                // The variable, if it is set, is read by default.
                if (string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"]))
                    resource.AddService("campaign");
            });
        if (settings.Listen.Count > 0 || settings.SendsMeasures)
        {
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddMeter([.. _meters, .. meters]);
                // Without the hosts that the HTTP client asks, which its caller may choose.
                metrics.AddView(instrument =>
                    instrument.Meter.Name == HttpClientMeter
                        ? new MetricStreamConfiguration { TagKeys = _clientTags }
                        : null
                );
                // Reads the instruments from the start, so that the first collection finds them.
                metrics.AddInstrumentation(provider => ActivatorUtilities.CreateInstance<WorkMeasures>(provider));
                if (settings.SendsMeasures)
                    metrics.AddOtlpExporter();
                if (settings.Listen.Count > 0)
                    metrics.AddPrometheusExporter();
            });
        }
        if (settings.Listen.Count > 0)
            services.AddSingleton(settings).AddHostedService<MetricsListener>();
        if (settings.SendsSpans)
        {
            telemetry.WithTracing(spans =>
            {
                spans.AddSource(_spans);
                addSpans?.Invoke(spans);
                // Before the exporter, which sends what this leaves.
                spans.AddProcessor(new SpanRedaction()).AddOtlpExporter();
            });
        }
        return services;
    }
}
