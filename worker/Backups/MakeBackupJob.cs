using Campaigns.Db.Operations.ScheduledBackups;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Backups;

/// <summary>
/// Makes an encrypted backup when one is due. The embedded database has one server, and a lock in
/// the folder of the backups keeps out other installations that name the same one.
/// </summary>
public sealed class MakeBackupJob(ScheduledBackups backups, ILogger<MakeBackupJob> log) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Another run may have made it since the board was asked.
        if (!backups.IsDue())
            return;
        if (await backups.MakeAsync(cancellationToken) is { } error)
            log.BackupFailed(WorkerLog.Types(error));
    }
}
