using Campaigns.Db;
using Campaigns.Db.Counts;
using Campaigns.Db.Journals;
using Campaigns.Db.Ledger;
using Campaigns.Worker;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Campaigns.Api.Http;

/// <summary>The problems and the warnings, by the name of the check.</summary>
internal sealed record HealthView(
    string Status,
    IReadOnlyDictionary<string, string> Missing,
    IReadOnlyDictionary<string, string> Warnings
);

/// <summary>
/// <c>live</c>: the process answers. <c>ready</c>: the database accepts writes, counters and
/// ledgers agree with rows, ledgers can be sealed, no loss of the journal waits to be acknowledged,
/// and no <see cref="IHealthProblem"/> reports a problem. An <see cref="IWarning"/> is shown, and
/// the server is ready.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly Dictionary<string, string> _none = [];

    /// <param name="services">The services of the server.</param>
    /// <param name="hostsWorker">Without a worker in this process, the state of its jobs is read
    /// from the database.</param>
    public static void AddCampaignHealth(this IServiceCollection services, bool hostsWorker)
    {
        services.AddSingleton<Readiness>();
        var checks = services
            .AddHealthChecks()
            .AddCheck<WritesHealth>("writes")
            .AddCheck<DriftHealth>("counters")
            .AddCheck<SealingHealth>("ledger")
            .AddCheck<JournalHealth>("journal");
        if (hostsWorker)
            return;
        services.AddSingleton<StalledWorkMonitor>();
        checks.AddCheck<MailHealth>("mail");
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/healthz/live", (HttpResponse response) => Answer(response, _none, _none))
            .Describe("getLive", Tag.Health, "Says that the process answers.")
            .ProducesJson(new HealthView("ok", _none, _none));
        routes
            .MapGet("/healthz/ready", ShowReadyAsync)
            .Describe("getReady", Tag.Health, "Says whether the server is ready, and what is missing.")
            .ProducesJson(
                new HealthView(
                    "ok",
                    _none,
                    new Dictionary<string, string>
                    {
                        ["administrators"] =
                            "no administrator has a confirmed e-mail address, " + "so that no letter reaches one",
                    }
                )
            )
            .ProducesJson(
                new HealthView(
                    "not-ready",
                    new Dictionary<string, string> { ["writes"] = "a write failed a moment ago" },
                    _none
                ),
                StatusCodes.Status503ServiceUnavailable
            );
    }

    private static async Task<IResult> ShowReadyAsync(
        HttpResponse response,
        Readiness readiness,
        CancellationToken aborted
    )
    {
        var missing = await readiness.FindProblemsAsync(aborted);
        // The warnings are read from the database, which may be what is missing.
        return Answer(response, missing, missing.Count == 0 ? readiness.FindWarnings() : _none);
    }

    private static IResult Answer(
        HttpResponse response,
        IReadOnlyDictionary<string, string> missing,
        IReadOnlyDictionary<string, string> warnings
    )
    {
        response.Headers.CacheControl = "no-store";
        return missing.Count == 0
            ? TypedResults.Ok(new HealthView("ok", missing, warnings))
            : TypedResults.Json(
                new HealthView("not-ready", missing, warnings),
                statusCode: StatusCodes.Status503ServiceUnavailable
            );
    }

    private sealed class WritesHealth(WriteProbe probe) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) =>
            await probe.FailureAsync() is { } failure
                ? HealthCheckResult.Unhealthy(failure)
                : HealthCheckResult.Healthy();
    }

    private sealed class DriftHealth(CountStore counts) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) =>
            Task.FromResult(
                counts.HasDrift()
                    ? HealthCheckResult.Degraded("counters or ledger differ from rows")
                    : HealthCheckResult.Healthy()
            );
    }

    private sealed class SealingHealth(
        SealingSuspensions suspensions,
        LedgerStore ledger,
        StalledWorkMonitor? stalled = null
    ) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            List<string> reasons =
            [
                .. suspensions.Reasons,
                .. ledger
                    .FindBehind()
                    .Where(campaign => !suspensions.Has(campaign.Id))
                    .Select(campaign => SealingSuspensions.StoppedByOtherProcess(campaign.Slug)),
            ];
            if (stalled is not null)
                reasons.AddRange(await stalled.DamagedAsync());
            return reasons.Count > 0
                ? HealthCheckResult.Degraded(string.Join(' ', reasons))
                : HealthCheckResult.Healthy();
        }
    }

    // Also from the database: another machine may have gone on without its journal.
    private sealed class JournalHealth(JournalStore journal) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) =>
            Task.FromResult(
                journal.FindLoss() is { } loss ? HealthCheckResult.Degraded(loss) : HealthCheckResult.Healthy()
            );
    }

    private sealed class MailHealth(StalledWorkMonitor stalled) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) =>
            await stalled.HasLateLetterAsync()
                ? HealthCheckResult.Degraded(
                    $"letters have waited for more than {StalledWorkMonitor.StalledAfter.TotalMinutes} minutes; "
                        + "check that a worker runs and read its log"
                )
                : HealthCheckResult.Healthy();
    }
}
