using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Adds signatures to the public count and removes them: the count of the day and the ledger queue
/// change in the same transaction as the state.
/// </summary>
internal static class CountedSignatures
{
    /// <summary>Counts a confirmed signature that is not on hold.</summary>
    public static void Add(WriteTransaction write, SignatureRow row)
    {
        write.CountDay(row.CampaignId, ConfirmedOn(row), row.Country, 1);
        LedgerQueue.Add(write, row.CampaignId, row.Id, row.LineCountry!, row.Commitment!, row.TextHash!);
    }

    /// <summary>
    /// Changes the counters from the row's bucket to the new state. A counted row also leaves the
    /// count of its day and the ledger.
    /// </summary>
    public static void Remove(WriteTransaction write, SignatureRow row, string newState, string reason)
    {
        write.Count(row.CampaignId, row.Country, row.Bucket, -1);
        write.Count(row.CampaignId, row.Country, newState, 1);
        if (row.Bucket != SignatureState.Confirmed)
            return;
        write.CountDay(row.CampaignId, ConfirmedOn(row), row.Country, -1);
        LedgerQueue.Remove(write, row.CampaignId, row.Id, row.LedgerN, row.LineCountry!, reason);
    }

    private static DateOnly ConfirmedOn(SignatureRow row) =>
        Instant.Day(Instant.FromMilliseconds(row.ConfirmedAt!.Value));
}
