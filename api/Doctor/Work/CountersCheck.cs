using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>The counters agree with the signatures, and that was compared lately.</summary>
internal sealed class CountersCheck(WorkInspection work, TimeProvider time) : ICheck
{
    public static string Name => "counters";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var recounts = work.ReadRecounts();
        var drift = recounts.Where(campaign => campaign.Drift is not null and not 0).Select(campaign => campaign.Slug);
        if (drift.Any())
            return Task.FromResult(
                CheckResult.Fail($"Counters or ledger differ from rows in {string.Join(", ", drift)}.")
            );
        if (recounts.Min(campaign => campaign.RecountedAt) is not { } oldest)
            return Task.FromResult(CheckResult.Skipped("No campaign was recounted yet."));
        var age = time.GetUtcNow() - oldest;
        return Task.FromResult(
            new CheckResult(
                CheckLimits.Recount(age),
                $"No counter differs. The oldest recount is {Plural.Count((long)age.TotalMinutes, "minute")} old."
            )
        );
    }
}
