using Campaigns.Db.Staff;

namespace Campaigns.Worker.Retention;

/// <summary>Links new lines of the audit trail into its chain.</summary>
public sealed class LinkAuditJob(AuditChainStore chain) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => chain.LinkAsync(cancellationToken);
}
