using Campaigns.Db.Writes;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Feeds the sealer with what confirming and removing change, in their own transactions, and takes
/// the packets back that a removal or a lowered disclosure made untrue.
/// </summary>
internal static class LedgerQueue
{
    private const string InsertAdd = """
        INSERT INTO ledger_queue (id, campaign_id, kind, signature_id, country, commitment, text_hash, queued_at)
        VALUES (@id, @campaignId, 'add', @signatureId, @country, @commitment, @textHash, @now)
        """;

    private const string DeleteAdd =
        "DELETE FROM ledger_queue {batch} WHERE campaign_id = @campaignId AND kind = 'add' AND signature_id = @signatureId";

    private const string MarkRemoved =
        "UPDATE ledger_entries SET removed = 1 WHERE campaign_id = @campaignId AND n = @n AND removed = 0";

    private const string InsertRemove = """
        INSERT INTO ledger_queue (id, campaign_id, kind, of_n, country, reason, queued_at)
        VALUES (@id, @campaignId, 'remove', @n, @country, @reason, @now)
        """;

    // The list of countries is a JSON array in text, so a code stands between quotes.
    private const string MakeStale = """
        UPDATE packets SET status = 'stale', file_key = NULL
        WHERE campaign_id = @campaignId AND status = 'ready' AND cut_off_size > @n AND countries LIKE '%"' || @country || '"%'
        """;

    private const string MakeStaleFor = """
        UPDATE packets SET status = 'stale', file_key = NULL WHERE campaign_id = @campaignId AND recipient_key = @recipient AND status = 'ready'
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
    /// Takes a signature out: unsealed it leaves no line, sealed it gets one remove line, however
    /// often this is called.
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

    /// <summary>Forgets the adds of signatures that wait to be sealed, where they do.</summary>
    public static void RevokeAdds(WriteTransaction write, long campaignId, IEnumerable<long> signatureIds)
    {
        foreach (var signatureId in signatureIds)
            PendingRevocation(write, campaignId, signatureId).Defer();
    }

    /// <summary>
    /// Less of a sealed signer may be shown from now on: finished packets with the entry go stale,
    /// and one being built starts over.
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
    /// A recipient may see less than before: their finished packets go stale, and one being built
    /// starts over.
    /// </summary>
    public static void InvalidatePacketsFor(WriteTransaction write, long campaignId, string recipient)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(MakeStaleFor, new { campaignId, recipient });
    }

    /// <summary>
    /// Nobody of the campaign may be shown any more: all its finished packets go stale, and one
    /// being built starts over.
    /// </summary>
    public static void InvalidateAllPackets(WriteTransaction write, long campaignId)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(MakeAllStale, new { campaignId });
    }

    private static Statement PendingRevocation(WriteTransaction write, long campaignId, long signatureId) =>
        write.Prepare(DeleteAdd).Set("@campaignId", campaignId).Set("@signatureId", signatureId);
}
