using Campaigns.Checks;
using Campaigns.Db.Inspection;
using Campaigns.Db.Operations;

namespace Campaigns.Api.Doctor.Work;

/// <summary>The last backup is not too old.</summary>
internal sealed class BackupCheck(WorkInspection work, EngineInspection engine, TimeProvider time) : ICheck
{
    public static string Name => "backup";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (!engine.IsEmbedded)
            return Task.FromResult(
                CheckResult.Skipped("PostgreSQL is backed up with its own tools, which this program does not see.")
            );
        if (work.LastLineOf(BackupLog.Backup) is not { } last)
            return Task.FromResult(CheckResult.Warn("No backup is known."));
        var age = time.GetUtcNow() - last.At;
        return Task.FromResult(
            new CheckResult(
                CheckLimits.Backup(age, null),
                $"The last backup was made {Plural.Count((long)age.TotalHours, "hour")} ago."
            )
        );
    }
}
