using Campaigns.Db.Staff;

namespace Campaigns.Worker.Retention;

/// <summary>Deletes old lines of the audit trail and the names of members who left.</summary>
public sealed class ForgetAuditJob(AuditRetentionStore audit) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => audit.ForgetAsync(cancellationToken);
}
