using Campaigns.Db.Writes;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Entries that cannot become lines as they are. They stand aside, so that they neither fill a
/// batch nor make one due, and still count in public: their signers have confirmed, or have gone. A
/// mended one is queued anew.
/// </summary>
public sealed class QuarantinedEntries(Database database)
{
    private const string SetOneAside =
        "UPDATE ledger_queue SET state = 'damaged' WHERE campaign_id = @campaignId AND id = @id";

    private const string SelectDamaged =
        $"{QueuedEntry.Select} WHERE q.state = 'damaged' AND q.campaign_id IN (SELECT id FROM campaigns)";

    // With today's date: by its own the campaign would be due at once, and whoever confirmed last would be published
    // alone with it.
    private const string QueueAnew =
        "UPDATE ledger_queue SET state = 'waiting', queued_at = @now WHERE campaign_id = @CampaignId AND id = @Id AND state = 'damaged'";

    /// <summary>
    /// Queues anew what was mended meanwhile; returns how many. Writes only where there is
    /// something to queue.
    /// </summary>
    public async Task<int> RequeueRepairedAsync(CancellationToken cancellation)
    {
        List<QueuedEntry> mended;
        using (var connection = database.Read())
            mended =
            [
                .. connection.Query<QueuedEntry>(SelectDamaged, buffered: false).Where(entry => !entry.IsDamaged),
            ];
        if (mended.Count == 0)
            return 0;
        return await database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    QueueAnew,
                    mended.Select(entry => new
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
    /// Sets those of <paramref name="entries"/> aside that are damaged; false when all are whole.
    /// </summary>
    internal static bool Quarantine(WriteTransaction write, IEnumerable<QueuedEntry> entries)
    {
        var some = false;
        foreach (var entry in entries.Where(entry => entry.IsDamaged))
            some |= write.Prepare(SetOneAside).Set("@campaignId", entry.CampaignId).Set("@id", entry.Id).Run() > 0;
        return some;
    }
}
