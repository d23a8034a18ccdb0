using Campaigns.Db;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Campaigns.Worker.Telemetry;

/// <summary>
/// Where measures and spans go: to a collector by the standard variables <c>OTEL_…</c>, and as
/// Prometheus text to who asks at <c>Metrics:Urls</c>. By default nothing is measured.
/// </summary>
public sealed record TelemetrySettings
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    /// <summary>Addresses that answer <c>/metrics</c>; empty when there is no listener.</summary>
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>True when spans go to a collector.</summary>
    public required bool SendsSpans { get; init; }

    /// <summary>True when measures go to a collector.</summary>
    public required bool SendsMeasures { get; init; }

    public bool IsOn => Listen.Count > 0 || SendsSpans || SendsMeasures;

    /// <summary>The addresses that other machines may reach.</summary>
    public IReadOnlyList<string> ListenBeyondThisMachine =>
        [.. Listen.Where(url => !Uri.TryCreate(url, UriKind.Absolute, out var uri) || !uri.IsLoopback)];

    /// <summary>
    /// Throws <see cref="StartRefusedException"/> for an address that is none.
    /// </summary>
    public static TelemetrySettings Read(IConfiguration configuration)
    {
        var listen = (configuration["Metrics:Urls"] ?? "").Split(
            ';',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        if (listen.Any(url => !IsHttp(url)))
            throw new StartRefusedException("Metrics:Urls must be addresses such as http://127.0.0.1:9464.");
        var isOff = string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);
        bool IsSet(string name) => !isOff && !string.IsNullOrWhiteSpace(configuration[name]);
        return new TelemetrySettings
        {
            Listen = listen,
            SendsSpans = IsSet(Endpoint) || IsSet(TracesEndpoint),
            SendsMeasures = IsSet(Endpoint) || IsSet(MetricsEndpoint),
        };
    }

    private static bool IsHttp(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address is { Scheme: "http", PathBase: "" };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
