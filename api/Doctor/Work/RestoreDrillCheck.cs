using Campaigns.Checks;
using Campaigns.Db.Inspection;
using Campaigns.Db.Operations;

namespace Campaigns.Api.Doctor.Work;

/// <summary>A backup was restored for a trial lately, and it was whole.</summary>
internal sealed class RestoreDrillCheck(WorkInspection work, EngineInspection engine, TimeProvider time) : ICheck
{
    public static string Name => "restore-drill";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (!engine.IsEmbedded)
            return Task.FromResult(
                CheckResult.Skipped("PostgreSQL is restored with its own tools, which this program does not see.")
            );
        if (work.LastLineOf(BackupLog.Drill) is not { } last)
            return Task.FromResult(CheckResult.Warn("No restore of a backup was tried here."));
        var days = Plural.Count((long)(time.GetUtcNow() - last.At).TotalDays, "day");
        return Task.FromResult(
            last.Detail != BackupLog.Succeeded
                ? CheckResult.Fail($"The last trial, {days} ago, could not restore its backup.")
                : new CheckResult(
                    CheckLimits.Drill(time.GetUtcNow() - last.At),
                    $"A backup was restored for a trial {days} ago."
                )
        );
    }
}
