using Campaigns.Db.Campaigns;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Erases what signers typed a number of days after the campaign is over, as the sign form
/// promises.
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
