using Campaigns.Db.Ledger;
using Campaigns.Db.Writes;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Entering and leaving the count: the day's figure and the ledger move together with the state.
/// </summary>
internal static class CountedSignatures
{
    /// <summary>A confirmed signature without a hold counts from now on.</summary>
    public static void Add(WriteTransaction write, SignatureRow row)
    {
        write.CountDay(row.CampaignId, ConfirmedOn(row), row.Country, 1);
        LedgerQueue.Add(write, row.CampaignId, row.Id, row.LineCountry!, row.Commitment!, row.TextHash!);
    }

    /// <summary>
    /// Moves the row from its bucket to another state and, if it counted, out of the day's figure
    /// and the ledger.
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
