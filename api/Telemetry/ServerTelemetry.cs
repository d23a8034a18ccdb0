using Campaigns.Worker.Telemetry;
using OpenTelemetry.Trace;

namespace Campaigns.Api.Telemetry;

/// <summary>What a process with the web server measures besides a worker.</summary>
internal static class ServerTelemetry
{
    /// <inheritdoc cref="TelemetryServices.AddTelemetry"/>
    public static IServiceCollection AddServerTelemetry(
        this IServiceCollection services,
        IConfiguration configuration
    ) =>
        services.AddTelemetry(
            configuration,
            spans => spans.AddAspNetCoreInstrumentation(),
            "Microsoft.AspNetCore.Hosting",
            "Microsoft.AspNetCore.Server.Kestrel"
        );
}
