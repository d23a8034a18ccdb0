using Campaigns.Db.Ledger;

namespace Campaigns.Worker.Ledger;

/// <summary>
/// Looks again at the entries that were found damaged, and queues those that an operator has
/// mended.
/// </summary>
public sealed class RequeueRepairedJob(QuarantinedEntries quarantined) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => quarantined.RequeueRepairedAsync(cancellationToken);
}
