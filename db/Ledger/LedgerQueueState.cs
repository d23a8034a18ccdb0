namespace Campaigns.Db.Ledger;

/// <summary>What waits to be sealed in one campaign.</summary>
/// <param name="Waiting">Entries that wait.</param>
/// <param name="SealsBy">
/// When they are sealed at the latest; null if none waits. A full hour in a sensitive campaign,
/// because the minute would be that in which a person confirmed.
/// </param>
/// <param name="Quarantined">Damaged entries, which are not sealed.</param>
public sealed record LedgerQueueState(long Waiting, DateTimeOffset? SealsBy, long Quarantined);
