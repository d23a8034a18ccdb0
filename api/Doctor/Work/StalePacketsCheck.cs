using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>No packet shows more than may be shown now.</summary>
internal sealed class StalePacketsCheck(WorkInspection work) : ICheck
{
    public static string Name => "stale-packets";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        Task.FromResult(
            work.CountStalePackets() is > 0 and var stale
                ? CheckResult.Warn($"{Plural.Count(stale, "packet")} changed since the build and cannot be downloaded.")
                : CheckResult.Pass("No packet is stale.")
        );
}
