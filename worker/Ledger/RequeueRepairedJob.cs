using Campaigns.Db.Ledger;

namespace Campaigns.Worker.Ledger;

/// <summary>
/// Checks the quarantined ledger entries again and queues those that an operator has repaired.
/// </summary>
public sealed class RequeueRepairedJob(QuarantinedEntries quarantined) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => quarantined.RequeueRepairedAsync(cancellationToken);
}
