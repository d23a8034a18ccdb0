using Campaigns.Worker;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Campaigns.Api.Http;

/// <summary>What keeps the server from being ready.</summary>
internal sealed class Readiness(HealthCheckService checks, IEnumerable<IHealthProblem> problems)
{
    /// <summary>A sentence for each problem, by the name of the check; empty when ready.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FindProblemsAsync(CancellationToken cancellation)
    {
        var report = await checks.CheckHealthAsync(cancellation);
        var found = report
            .Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .ToDictionary(entry => entry.Key, entry => entry.Value.Description ?? "failed", StringComparer.Ordinal);
        foreach (var check in problems)
        {
            if (check.Problem is { } sentence)
                found[check.Name] = sentence;
        }
        return found;
    }
}
