using Campaigns.Worker;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Campaigns.Api.Http;

/// <summary>What keeps the server from being ready, and what should be mended.</summary>
internal sealed class Readiness(
    HealthCheckService checks,
    IEnumerable<IHealthProblem> problems,
    IEnumerable<IWarning> warnings
)
{
    /// <summary>
    /// A sentence for each thing to mend that does not keep the server from being ready, by its
    /// name.
    /// </summary>
    public IReadOnlyDictionary<string, string> FindWarnings()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var warning in warnings)
        {
            if (warning.Find() is { } sentence)
                found[warning.Name] = sentence;
        }
        return found;
    }

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
