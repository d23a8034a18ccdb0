using Campaigns.Db.Engine;
using Campaigns.Letters;

namespace Campaigns.Db.Signatures;

/// <summary>Queues letters in the transaction of the change that they report.</summary>
internal static class Outbox
{
    private const string Insert = """
        INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at)
        VALUES (@id, @campaignId, @signatureId, @kind, @locale, @generation, 'queued', @now, @now)
        """;

    // A cancelled letter did not reach the mailbox (LetterRules.CountsForLimit).
    internal const string CountRecent = $$"""
        SELECT signature_id, count(*) FROM letters {batch}
        WHERE campaign_id = @campaignId AND signature_id = @signatureId AND created_at > @since
          AND state <> '{{LetterState.Cancelled}}'
        GROUP BY signature_id
        """;

    public static void Add(
        WriteTransaction write,
        long campaignId,
        long signatureId,
        string kind,
        string locale,
        long generation
    )
    {
        write.Queued(PendingWork.Letters);
        write
            .Prepare(Insert)
            .Set("@id", write.NextId())
            .Set("@campaignId", campaignId)
            .Set("@signatureId", signatureId)
            .Set("@kind", kind)
            .Set("@locale", locale)
            .Set("@generation", generation)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Defer();
    }

    /// <summary>
    /// The ids of the signatures with fewer than <paramref name="limit"/> letters in the last
    /// <see cref="LetterRules.LimitWindow"/>. The limit protects a mailbox from being flooded.
    /// </summary>
    public static HashSet<long> BelowLetterLimit(WriteTransaction write, IReadOnlyList<SignatureRow> rows, int limit)
    {
        var since = (write.Now - LetterRules.LimitWindow).ToUnixTimeMilliseconds();
        var full = write
            .ReadEach(
                CountRecent,
                rows,
                (statement, row) =>
                    statement.Set("@campaignId", row.CampaignId).Set("@signatureId", row.Id).Set("@since", since),
                row => (SignatureId: row.Long(0), Letters: row.Long(1))
            )
            .Where(count => !LetterRules.IsBelowLimit(count.Letters, limit))
            .Select(count => count.SignatureId)
            .ToHashSet();
        return [.. rows.Select(row => row.Id).Where(id => !full.Contains(id))];
    }
}
