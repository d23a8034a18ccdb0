using Campaigns.Db.Ledger;

namespace Campaigns.Worker.Ledger;

/// <summary>Looks again at the entries that were found damaged, and queues those that an operator has mended.</summary>
public sealed class QueueMendedJob(DamagedEntries damaged) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => damaged.QueueMendedAsync(cancellationToken);
}
