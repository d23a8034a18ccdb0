using Campaigns.Db.Signatures;

namespace Campaigns.Worker.Signatures;

/// <summary>
/// Pending signatures whose link has run out expire, and what their signers typed is erased with
/// it.
/// </summary>
public sealed class ExpirePendingJob(ExpiryStore expiry) : IScheduledJob
{
    // Small, because signers wait behind each slice on the one writer.
    private const int Slice = 100;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var campaignId in expiry.ListCampaigns())
        {
            while (expiry.FindExpirable(campaignId, Slice) is { Count: > 0 } ids)
            {
                // All of them got a new lease of life since we looked: leave them.
                if (await expiry.ExpireAsync(campaignId, ids, cancellationToken) == 0)
                    break;
            }
        }
    }
}
