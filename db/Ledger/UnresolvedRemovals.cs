using Campaigns.Db.Signatures;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>
/// A database behind its published ledger does not know which of its signatures have lines there;
/// the import finds out by their commitments. Whoever is forgotten before that takes the commitment
/// along. So it stays in the queue, without a word of whose it was, as a removal whose number is
/// not known yet, and no sealer takes it for a line. Once the database seals lines of its own no
/// import can come any more: then it goes.
/// </summary>
internal static class UnresolvedRemovals
{
    private const string Insert = """
        INSERT INTO ledger_queue (id, campaign_id, kind, country, reason, commitment, queued_at, state)
        SELECT @id, @campaignId, 'remove', @country, @reason, @commitment, @now, 'owed' {batch}
        WHERE EXISTS (SELECT 1 FROM campaigns WHERE id = @campaignId AND ledger_behind = 1)
        """;

    private const string Select = """
        SELECT country, reason, commitment FROM ledger_queue WHERE campaign_id = @campaignId AND state = 'owed' ORDER BY id
        """;

    private const string Delete = "DELETE FROM ledger_queue WHERE campaign_id = @campaignId AND state = 'owed'";

    /// <summary>
    /// To be called before a signature that was taken back loses its commitment. Nothing happens
    /// where its line is known, or cannot be.
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
    /// Queues the removes that turned out to be owed, and forgets the rest.
    /// <paramref name="find"/>: the number of each line by country and commitment.
    /// </summary>
    public static void Discard(
        WriteTransaction write,
        long campaignId,
        Func<IReadOnlyList<(string? Country, byte[]? Commitment)>, IReadOnlyList<long?>> find
    )
    {
        var owed = write.Connection.Query<UnresolvedRow>(Select, new { campaignId }).ToList();
        Drop(write, campaignId);
        var lines = find([.. owed.Select(row => ((string?)row.Country, row.Commitment))]);
        foreach (var (place, row) in owed.Index())
        {
            if (lines[place] is { } n)
                LedgerQueue.Remove(write, campaignId, 0, n, row.Country, row.Reason);
        }
    }

    /// <summary>Forgets what is owed: the ledger goes on without the published lines.</summary>
    public static void Drop(WriteTransaction write, long campaignId) =>
        write.Prepare(Delete).Set("@campaignId", campaignId).Run();

    private sealed class UnresolvedRow
    {
        public required string Country { get; init; }
        public required string Reason { get; init; }
        public required byte[]? Commitment { get; init; }
    }
}
