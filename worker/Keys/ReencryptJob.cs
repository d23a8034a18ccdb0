using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Operations.KeyRotation;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Keys;

/// <summary>
/// Loads rotated keys, then encrypts every value and recomputes every address index with the newest
/// keys while the server serves. An interrupted walk begins again at the first id and skips rows
/// that are done.
/// </summary>
public sealed class ReencryptJob(
    KeyRing keys,
    CampaignStore campaigns,
    ReencryptionStore rows,
    AccountReencryption accounts,
    HandoverReencryption handovers,
    SubscriberReencryption subscribers,
    ILogger<ReencryptJob> log
) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!RefreshKeysJob.TryRefresh(keys, log))
            return;
        while (rows.IsDue())
        {
            var (root, index) = (keys.RootVersion, keys.BlindIndex.Version);
            var (renewed, damaged) = await WalkAsync(cancellationToken);
            if (renewed > 0)
                log.Reencrypted(renewed, root, index);
            if (damaged > 0)
            {
                log.PendingReencryption(damaged, root, index);
                return;
            }
            // Only a walk that found no old row finishes: the next walk finds a row that changed during this one.
            if (renewed == 0)
                await rows.FinishAsync(root, index, cancellationToken);
        }
    }

    private async Task<(int Renewed, int Damaged)> WalkAsync(CancellationToken cancellationToken)
    {
        var network = await rows.NetworkKeysAsync(cancellationToken);
        var (renewed, damaged) = (network.Renewed, network.Damaged);
        var ofCampaigns = campaigns
            .List()
            .SelectMany(campaign =>
                (Func<long, CancellationToken, Task<ReencryptionPage>>[])
                    [
                        (after, cancellation) => rows.SignaturesAsync(campaign.Id, after, cancellation),
                        (after, cancellation) => subscribers.SubscribersAsync(campaign.Id, after, cancellation),
                    ]
            );
        foreach (
            var read in ofCampaigns
                .Prepend(rows.PacketsAsync)
                .Prepend(accounts.AccountsAsync)
                .Prepend(accounts.LettersAsync)
                .Prepend(handovers.HandoversAsync)
                .Prepend(handovers.AttemptsAsync)
                .Prepend(handovers.EvidenceAsync)
        )
        {
            for (long? after = 0; after is not null;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var page = await read(after.Value, cancellationToken);
                renewed += page.Renewed;
                damaged += page.Damaged;
                after = page.Last;
            }
        }
        return (renewed, damaged);
    }
}
