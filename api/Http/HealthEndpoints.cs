using Campaigns.Db;
using Campaigns.Db.Counts;
using Campaigns.Db.Ledger;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Campaigns.Api.Http;

/// <summary><c>live</c>: the process answers. <c>ready</c>: the database takes writes, counters agree with rows, ledgers can be sealed.</summary>
internal static class HealthEndpoints
{
    public static IHealthChecksBuilder AddCampaignHealth(this IServiceCollection services) =>
        services.AddHealthChecks().AddCheck<WritesHealth>("writes").AddCheck<DriftHealth>("counters").AddCheck<SealingHealth>("ledger");

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        routes.MapHealthChecks("/healthz/ready", new HealthCheckOptions
        {
            ResponseWriter = WriteAsync,
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
        });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status == HealthStatus.Healthy ? "ok" : "not-ready",
        missing = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .ToDictionary(entry => entry.Key, entry => entry.Value.Description ?? "failed"),
    });

    private sealed class WritesHealth(Database database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await database.Writes.RunAsync(_ => true, cancellationToken).WaitAsync(TimeSpan.FromSeconds(5), cancellationToken);
                return HealthCheckResult.Healthy();
            }
#pragma warning disable CA1031 // Whatever keeps the database from writing, this is where it is said.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                return HealthCheckResult.Unhealthy($"the database takes no writes ({error.GetType().Name})");
            }
        }
    }

    private sealed class DriftHealth(CountStore counts) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(counts.HasDrift() ? HealthCheckResult.Degraded("counters differ from rows") : HealthCheckResult.Healthy());
    }

    private sealed class SealingHealth(SealingStops stops) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(stops.Reasons.Count > 0 ? HealthCheckResult.Degraded(string.Join(' ', stops.Reasons)) : HealthCheckResult.Healthy());
    }
}
