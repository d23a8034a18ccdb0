using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Damaged queue entries. They neither fill a batch nor make one due, but still count in public,
/// because their signers confirmed or left. A repaired entry is queued again.
/// </summary>
public sealed class QuarantinedEntries(Database database)
{
    private const string MarkDamaged =
        "UPDATE ledger_queue SET state = 'damaged' WHERE campaign_id = @campaignId AND id = @id";

    private const string SelectDamaged =
        $"{QueuedEntry.Select} WHERE q.state = 'damaged' AND q.campaign_id IN (SELECT id FROM campaigns)";

    // queued_at = now: with the old date a batch would be due at once, and would publish the newest entries nearly
    // alone.
    private const string Requeue = """
        UPDATE ledger_queue SET state = 'waiting', queued_at = @now
        WHERE campaign_id = @CampaignId AND id = @Id AND state = 'damaged'
        """;

    /// <summary>
    /// Queues repaired entries again; returns how many. Without repaired entries it writes nothing.
    /// </summary>
    public async Task<int> RequeueRepairedAsync(CancellationToken cancellation)
    {
        List<QueuedEntry> repaired;
        using (var connection = database.Read())
            repaired =
            [
                .. connection.Query<QueuedEntry>(SelectDamaged, buffered: false).Where(entry => !entry.IsDamaged),
            ];
        if (repaired.Count == 0)
            return 0;
        return await database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    Requeue,
                    repaired.Select(entry => new
                    {
                        entry.CampaignId,
                        entry.Id,
                        now = write.Now.ToUnixTimeMilliseconds(),
                    })
                ),
            cancellation
        );
    }

    /// <summary>
    /// Quarantines the damaged ones of <paramref name="entries"/>; false if none is damaged.
    /// </summary>
    internal static bool Quarantine(WriteTransaction write, IEnumerable<QueuedEntry> entries)
    {
        var changed = false;
        foreach (var entry in entries.Where(entry => entry.IsDamaged))
            changed |= write.Prepare(MarkDamaged).Set("@campaignId", entry.CampaignId).Set("@id", entry.Id).Run() > 0;
        return changed;
    }
}
