using Campaigns.Db.Writes;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Queues ledger lines in the transaction of a confirmation or removal, and marks packets stale
/// that show more than a removal or a lowered disclosure allows.
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

    // The countries are a JSON array in a text column, so each code is between quotes.
    private const string MakeStale = """
        UPDATE packets SET status = 'stale', file_key = NULL
        WHERE campaign_id = @campaignId AND status = 'ready' AND cut_off_size > @n
          AND countries LIKE '%"' || @country || '"%'
        """;

    private const string MakeStaleFor = """
        UPDATE packets SET status = 'stale', file_key = NULL
        WHERE campaign_id = @campaignId AND recipient_key = @recipient AND status = 'ready'
        """;

    private const string MakeAllStale =
        "UPDATE packets SET status = 'stale', file_key = NULL WHERE campaign_id = @campaignId AND status = 'ready'";

    private const string IncrementRemovals = "UPDATE campaigns SET removals = removals + 1 WHERE id = @campaignId";

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
        InvalidatePackets(write, campaignId, n.Value, country);
    }

    /// <summary>Deletes the queued adds of these signatures.</summary>
    public static void RevokeAdds(WriteTransaction write, long campaignId, IEnumerable<long> signatureIds)
    {
        foreach (var signatureId in signatureIds)
            PendingRevocation(write, campaignId, signatureId).Defer();
    }

    /// <summary>
    /// Marks finished packets with the entry as stale, and makes a packet build start over, because
    /// less of the signer may be shown.
    /// </summary>
    public static void InvalidatePackets(WriteTransaction write, long campaignId, long n, string country)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(
            MakeStale,
            new
            {
                campaignId,
                n,
                country,
            }
        );
    }

    /// <summary>
    /// Marks the finished packets of a recipient as stale, and makes a packet build start over,
    /// because the recipient may see less.
    /// </summary>
    public static void InvalidatePacketsFor(WriteTransaction write, long campaignId, string recipient)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(MakeStaleFor, new { campaignId, recipient });
    }

    /// <summary>
    /// Marks all finished packets of the campaign as stale, and makes a packet build start over.
    /// </summary>
    public static void InvalidateAllPackets(WriteTransaction write, long campaignId)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(MakeAllStale, new { campaignId });
    }

    private static Statement PendingRevocation(WriteTransaction write, long campaignId, long signatureId) =>
        write.Prepare(DeleteAdd).Set("@campaignId", campaignId).Set("@signatureId", signatureId);
}
