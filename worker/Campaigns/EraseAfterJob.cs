using Campaigns.Db.Campaigns;

namespace Campaigns.Worker.Campaigns;

/// <summary>
/// Keeps the promise on the form: that many days after a campaign is over, what its signers typed
/// is erased.
/// </summary>
public sealed class EraseAfterJob(RetentionStore retention, TimeProvider time) : IScheduledJob
{
    private const int Slice = 100;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var campaignId in retention.FindDue(time.UtcNow()))
        {
            var after = 0L;
            while (retention.FindNext(campaignId, after, Slice) is { Count: > 0 } ids)
            {
                await retention.EraseAsync(campaignId, ids, cancellationToken);
                after = ids[^1];
            }
            await retention.FinishAsync(campaignId, cancellationToken);
        }
    }
}
