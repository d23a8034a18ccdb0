using Campaigns.Db.Engine;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>Queues letters in the transaction of the change that they report.</summary>
internal static class Outbox
{
    private const string Insert = """
        INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at, extra,
                             domain_hash)
        VALUES (@id, @campaignId, @signatureId, @kind, @locale, @generation, 'queued', @now, @now, @extra,
                @domainHash)
        """;

    private const string InsertToSubscriber = """
        INSERT INTO letters (id, campaign_id, subscriber_id, kind, locale, generation, state, created_at, due_at,
                             domain_hash)
        VALUES (@id, @campaignId, @subscriberId, @kind, @locale, @generation, 'queued', @now, @now, @domainHash)
        """;

    private const string CountToSubscriber = $$"""
        SELECT count(*) FROM letters
        WHERE campaign_id = @campaignId AND subscriber_id = @subscriberId AND created_at > @since
          AND kind = '{{LetterKind.Subscription}}' AND state <> '{{LetterState.Cancelled}}'
        """;

    // A cancelled letter did not reach the mailbox (LetterRules.CountsForLimit).
    internal const string CountRecent = $$"""
        SELECT signature_id, count(*), SUM(CASE WHEN extra = 1 AND created_at > @sinceExtra THEN 1 ELSE 0 END)
        FROM letters {batch}
        WHERE campaign_id = @campaignId AND signature_id = @signatureId AND created_at > @since
          AND state <> '{{LetterState.Cancelled}}'
        GROUP BY signature_id
        """;

    /// <param name="write">The transaction.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="signatureId">The signature.</param>
    /// <param name="kind">One of <see cref="LetterKind"/>.</param>
    /// <param name="locale">The language.</param>
    /// <param name="generation">The generation of its link.</param>
    /// <param name="domainHash">The domain of the address; null if it is not bounded.</param>
    /// <param name="extra">True for a letter beyond the limit of its address.</param>
    public static void Add(
        WriteTransaction write,
        long campaignId,
        long signatureId,
        string kind,
        string locale,
        long generation,
        byte[]? domainHash,
        bool extra = false
    )
    {
        write.Queued(PendingWork.Letters);
        write.CountLetter(campaignId, LetterFate.Created);
        write
            .Prepare(Insert)
            .Set("@id", write.NextId())
            .Set("@campaignId", campaignId)
            .Set("@signatureId", signatureId)
            .Set("@kind", kind)
            .Set("@locale", locale)
            .Set("@generation", generation)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Set("@extra", extra ? 1 : 0)
            .Set("@domainHash", domainHash)
            .Defer();
    }

    /// <summary>Queues a letter to a subscriber.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="subscriberId">The subscriber.</param>
    /// <param name="kind">One of <see cref="LetterKind"/>.</param>
    /// <param name="locale">The language.</param>
    /// <param name="generation">The generation of its link.</param>
    /// <param name="domainHash">The domain of the address; null if it is not bounded.</param>
    public static void AddToSubscriber(
        WriteTransaction write,
        long campaignId,
        long subscriberId,
        string kind,
        string locale,
        long generation,
        byte[]? domainHash
    )
    {
        write.Queued(PendingWork.Letters);
        write.CountLetter(campaignId, LetterFate.Created);
        write
            .Prepare(InsertToSubscriber)
            .Set("@id", write.NextId())
            .Set("@campaignId", campaignId)
            .Set("@subscriberId", subscriberId)
            .Set("@kind", kind)
            .Set("@locale", locale)
            .Set("@generation", generation)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Set("@domainHash", domainHash)
            .Defer();
    }

    /// <summary>How many letters asked a subscriber lately to confirm.</summary>
    public static long CountToSubscribe(WriteTransaction write, long campaignId, long subscriberId) =>
        write.Connection.QuerySingle<long>(
            CountToSubscriber,
            new
            {
                campaignId,
                subscriberId,
                since = write.Now - LetterRules.LimitWindow,
            }
        );

    /// <summary>
    /// How many letters went to the addresses of these signatures. The limits protect a mailbox
    /// from being flooded.
    /// </summary>
    public static RecentLetters CountLetters(
        WriteTransaction write,
        IReadOnlyList<SignatureRow> rows,
        int limit,
        LimitTally tally
    )
    {
        var since = (write.Now - LetterRules.LimitWindow).ToUnixTimeMilliseconds();
        var sinceExtra = (write.Now - LetterRules.ExtraWindow).ToUnixTimeMilliseconds();
        var counts = write
            .ReadEach(
                CountRecent,
                rows,
                (statement, row) =>
                    statement
                        .Set("@campaignId", row.CampaignId)
                        .Set("@signatureId", row.Id)
                        .Set("@since", since)
                        .Set("@sinceExtra", sinceExtra),
                row => (SignatureId: row.Long(0), Letters: row.Long(1), Extra: row.Long(2))
            )
            .ToDictionary(count => count.SignatureId, count => (count.Letters, count.Extra));
        return new RecentLetters(counts, limit, tally);
    }
}
