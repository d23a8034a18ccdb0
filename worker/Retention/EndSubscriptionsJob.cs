using Campaigns.Db.Subscribers;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Erases subscriptions that were not confirmed, ends those past their term or of campaigns long
/// archived, and forgets the hashes of ended ones.
/// </summary>
public sealed class EndSubscriptionsJob(SubscriberRetention retention) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => retention.RunAsync(cancellationToken);
}
