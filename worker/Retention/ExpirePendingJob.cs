using Campaigns.Db.Signatures;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Expires pending signatures whose link has expired, and erases what their signers typed.
/// </summary>
public sealed class ExpirePendingJob(ExpiryStore expiry) : IScheduledJob
{
    // Small, because signers wait for the single writer while a slice runs.
    private const int Slice = 100;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var campaignId in expiry.ListCampaigns())
        {
            while (expiry.FindExpirable(campaignId, Slice) is { Count: > 0 } ids)
            {
                // All of them got a new link since the query, so none has expired.
                if (await expiry.ExpireAsync(campaignId, ids, cancellationToken) == 0)
                    break;
            }
        }
    }
}
