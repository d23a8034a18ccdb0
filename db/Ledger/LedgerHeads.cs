namespace Campaigns.Db.Ledger;

/// <summary>Conditions on <c>ledger_heads</c>, for the queries that read a head.</summary>
internal static class LedgerHeads
{
    /// <summary>
    /// The newest head of <c>@campaignId</c>. It may not be in the journal yet, so it may not be
    /// served.
    /// </summary>
    public const string Newest = "FROM ledger_heads WHERE campaign_id = @campaignId ORDER BY size DESC LIMIT 1";

    /// <summary>The newest head of <c>@campaignId</c> that the journal has.</summary>
    public const string NewestServed =
        "FROM ledger_heads WHERE campaign_id = @campaignId AND journaled = 1 ORDER BY size DESC LIMIT 1";
}
