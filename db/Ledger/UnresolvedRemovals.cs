using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// A database behind its published ledger does not know the line numbers of its signatures; the
/// import finds them by commitment. An erasure before the import deletes the commitment from the
/// row. The queue then stores it without a signature id, as a removal of unknown number, which the
/// sealer ignores. After the next sealed batch no import is possible, so these entries are deleted.
/// </summary>
internal static class UnresolvedRemovals
{
    private const string Insert = """
        INSERT INTO ledger_queue (id, campaign_id, kind, country, reason, commitment, queued_at, state)
        SELECT @id, @campaignId, 'remove', @country, @reason, @commitment, @now, 'owed' {batch}
        WHERE EXISTS (SELECT 1 FROM campaigns WHERE id = @campaignId AND ledger_behind = 1)
        """;

    private const string Select = """
        SELECT country, reason, commitment FROM ledger_queue
        WHERE campaign_id = @campaignId AND state = 'owed'
        ORDER BY id
        """;

    private const string Delete = "DELETE FROM ledger_queue WHERE campaign_id = @campaignId AND state = 'owed'";

    /// <summary>
    /// Call this before a removed signature loses its commitment. Does nothing if its line number
    /// is known or it has no commitment.
    /// </summary>
    public static void Note(WriteTransaction write, SignatureRow row)
    {
        if (row.LedgerN is not null || row.LineCountry is null || row.Commitment is null)
            return;
        write
            .Prepare(Insert)
            .Set("@id", write.NextId())
            .Set("@campaignId", row.CampaignId)
            .Set("@country", row.LineCountry)
            .Set("@reason", row.State == SignatureState.Invalidated ? LedgerLine.Invalidated : LedgerLine.BySigner)
            .Set("@commitment", row.Commitment)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Defer();
    }

    /// <summary>
    /// Queues a remove for each entry whose line is found, and deletes the others.
    /// <paramref name="find"/> returns line numbers by country and commitment.
    /// </summary>
    public static void Discard(
        WriteTransaction write,
        long campaignId,
        Func<IReadOnlyList<(string? Country, byte[]? Commitment)>, IReadOnlyList<long?>> find
    )
    {
        var unresolved = write.Connection.Query<UnresolvedRow>(Select, new { campaignId }).ToList();
        Drop(write, campaignId);
        var lines = find([.. unresolved.Select(row => ((string?)row.Country, row.Commitment))]);
        foreach (var (place, row) in unresolved.Index())
        {
            if (lines[place] is { } n)
                LedgerQueue.Remove(write, campaignId, 0, n, row.Country, row.Reason);
        }
    }

    /// <summary>
    /// Deletes all unresolved removals, because sealing continues without an import.
    /// </summary>
    public static void Drop(WriteTransaction write, long campaignId) =>
        write.Prepare(Delete).Set("@campaignId", campaignId).Run();

    private sealed class UnresolvedRow
    {
        public required string Country { get; init; }
        public required string Reason { get; init; }
        public required byte[]? Commitment { get; init; }
    }
}
