using Campaigns.Db.Subscribers;

namespace Campaigns.Worker.Subscribers;

/// <summary>
/// Makes subscribers of the signers who want updates, so that signing and confirming need not. A
/// run continues where the last one ended; of two workers one makes each step.
/// </summary>
public sealed class SubscribeSignersJob(SubscriberWalk walk) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var behind in walk.FindBehind())
        {
            for (var campaign = behind; campaign is not null && campaign.Walked < campaign.Size;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                campaign = await walk.StepAsync(campaign, cancellationToken);
            }
        }
    }
}
