using Campaigns.Db.Handovers;

namespace Campaigns.Worker.Retention;

/// <summary>Erases the private notes of hand-overs at the end of their term.</summary>
public sealed class EraseHandoverNotesJob(HandoverRetention retention) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => retention.EraseAsync(cancellationToken);
}
