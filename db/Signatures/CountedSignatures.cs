using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Applies a transition to everything that counts signatures: the counters, the counts of
/// the day and the hour, and the ledger queue change in the same transaction as the state.
/// </summary>
internal static class CountedSignatures
{
    /// <param name="write">The transaction that changes the row.</param>
    /// <param name="row">The row before the change.</param>
    /// <param name="transition">The change, from <see cref="SignatureLifecycle"/>.</param>
    /// <param name="confirmedAt">When this change confirms the signature; null if it does
    /// not.</param>
    public static void Apply(
        WriteTransaction write,
        SignatureRow row,
        SignatureTransition transition,
        long? confirmedAt = null
    )
    {
        if (!transition.ChangesRow)
            throw new InvalidOperationException("This act does not change a signature of this phase.");
        var phase = row.Phase;
        write.Count(row.CampaignId, row.Country, phase.Bucket(), -1);
        write.Count(row.CampaignId, row.Country, transition.Next(phase).Bucket(), 1);
        switch (transition.Ledger(phase))
        {
            case LedgerEffect.Add:
                write.CountConfirmed(row.CampaignId, (confirmedAt ?? row.ConfirmedAt)!.Value, row.Country, 1);
                LedgerQueue.Add(write, row.CampaignId, row.Id, row.LineCountry!, row.Commitment!, row.TextHash!);
                break;
            case LedgerEffect.Remove:
                write.CountConfirmed(row.CampaignId, row.ConfirmedAt!.Value, row.Country, -1);
                LedgerQueue.Remove(
                    write,
                    row.CampaignId,
                    row.Id,
                    row.LedgerN,
                    row.LineCountry!,
                    transition.RemoveReason
                );
                break;
            default:
                break;
        }
    }
}
