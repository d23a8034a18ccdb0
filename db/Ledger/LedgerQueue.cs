using Campaigns.Db.Engine;
using Campaigns.Db.Packets;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Queues ledger lines in the transaction of a confirmation or removal. A removal makes packets
/// with the entry stale.
/// </summary>
internal static class LedgerQueue
{
    private const string InsertAdd = """
        INSERT INTO ledger_queue (id, campaign_id, kind, signature_id, country, commitment, text_hash, queued_at)
        VALUES (@id, @campaignId, 'add', @signatureId, @country, @commitment, @textHash, @now)
        """;

    private const string DeleteAdd = """
        DELETE FROM ledger_queue {batch}
        WHERE campaign_id = @campaignId AND kind = 'add' AND signature_id = @signatureId
        """;

    private const string MarkRemoved =
        "UPDATE ledger_entries SET removed = 1 WHERE campaign_id = @campaignId AND n = @n AND removed = 0";

    private const string InsertRemove = """
        INSERT INTO ledger_queue (id, campaign_id, kind, of_n, country, reason, queued_at)
        VALUES (@id, @campaignId, 'remove', @n, @country, @reason, @now)
        """;

    public static void Add(
        WriteTransaction write,
        long campaignId,
        long signatureId,
        string country,
        byte[] commitment,
        string textHash
    )
    {
        write.MarkCountsChanged(campaignId);
        write
            .Prepare(InsertAdd)
            .Set("@id", write.NextId())
            .Set("@campaignId", campaignId)
            .Set("@signatureId", signatureId)
            .Set("@country", country)
            .Set("@commitment", commitment)
            .Set("@textHash", textHash)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Defer();
    }

    /// <summary>
    /// Removes a signature from the ledger. An unsealed add leaves the queue; a sealed add gets one
    /// remove line. Repeatable.
    /// </summary>
    public static void Remove(
        WriteTransaction write,
        long campaignId,
        long signatureId,
        long? n,
        string country,
        string reason
    )
    {
        write.MarkCountsChanged(campaignId);
        if (n is null)
        {
            PendingRevocation(write, campaignId, signatureId).Run();
            return;
        }
        if (write.Connection.Execute(MarkRemoved, new { campaignId, n }) == 0)
            return;
        write.Connection.Execute(
            InsertRemove,
            new
            {
                id = write.NextId(),
                campaignId,
                n,
                country,
                reason,
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        PacketInvalidation.InvalidateEntry(write, campaignId, n.Value, country, StaleCause.OfRemoval(reason));
    }

    /// <summary>Deletes the queued adds of these signatures.</summary>
    public static void RevokeAdds(WriteTransaction write, long campaignId, IEnumerable<long> signatureIds)
    {
        foreach (var signatureId in signatureIds)
            PendingRevocation(write, campaignId, signatureId).Defer();
    }

    private static Statement PendingRevocation(WriteTransaction write, long campaignId, long signatureId) =>
        write.Prepare(DeleteAdd).Set("@campaignId", campaignId).Set("@signatureId", signatureId);
}
