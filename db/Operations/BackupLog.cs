using Campaigns.Db.Staff;

namespace Campaigns.Db.Operations;

/// <summary>
/// When the commands <c>backup</c> and <c>restore-drill</c> last ran: lines of the audit trail.
/// </summary>
public sealed class BackupLog(AuditStore audit)
{
    /// <summary>The results of a drill.</summary>
    public const string Succeeded = "succeeded";

    /// <inheritdoc cref="Succeeded"/>
    public const string Failed = "failed";

    /// <summary>The actions in the audit trail.</summary>
    public const string Backup = "backup.create";

    /// <inheritdoc cref="Backup"/>
    public const string Drill = "backup.drill";

    public Task AddBackupAsync() => audit.WriteAsync(Actor.Operator, Backup);

    public Task AddDrillAsync(bool succeeded) =>
        audit.WriteAsync(Actor.Operator, Drill, detail: succeeded ? Succeeded : Failed);

    /// <summary>When the last backup was made here; null if none is known.</summary>
    public DateTimeOffset? LastBackup() => Last(Backup)?.At;

    /// <summary>
    /// When the last drill ended, and whether it succeeded; null if none is known.
    /// </summary>
    public (DateTimeOffset At, bool Succeeded)? LastDrill() =>
        Last(Drill) is { } line ? (line.At, line.Detail == Succeeded) : null;

    private AuditEntry? Last(string action) =>
        audit.List(new AuditFilter { Action = action, NewestFirst = true }, null, 1).SingleOrDefault();
}
