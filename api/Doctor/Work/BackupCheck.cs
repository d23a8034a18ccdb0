using Campaigns.Backups;
using Campaigns.Checks;
using Campaigns.Db.Inspection;
using Campaigns.Db.Operations.ScheduledBackups;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Work;

/// <summary>The last backup is not too old, and the last scheduled one was made.</summary>
internal sealed class BackupCheck(
    WorkInspection work,
    EngineInspection engine,
    IOptions<BackupOptions> options,
    TimeProvider time
) : ICheck
{
    public static string Name => "backup";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) => Task.FromResult(Find());

    private CheckResult Find()
    {
        if (!engine.IsEmbedded)
            return CheckResult.Skipped("PostgreSQL is backed up with its own tools, which this program does not see.");
        var scheduled = work.FindLastScheduledBackup();
        if (options.Value.IsOn && scheduled?.Failure is { } failure)
            return CheckResult.Warn(BackupFailure.Sentence(failure));
        if (work.NewestBackup() is not { } made)
            return CheckResult.Warn("No backup is known.");
        var age = time.GetUtcNow() - made;
        TimeSpan? every = options.Value.IsOn ? options.Value.Every : null;
        return new CheckResult(
            CheckLimits.Backup(age, every),
            $"The last backup was made {Plural.Count((long)age.TotalHours, "hour")} ago."
        );
    }
}
