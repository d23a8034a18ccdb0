using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>Writes the addresses that get no letters of a campaign for a time.</summary>
internal static class Suppressions
{
    /// <summary>The owner of the address said that they did not sign.</summary>
    public const string NotMe = "not-me";

    /// <summary>The mail server said that the mailbox does not exist.</summary>
    public const string Bounced = "bounced";

    private const string Insert = """
        INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until)
        VALUES (@id, @campaignId, @Index, @Version, @reason, @now, @until)
        ON CONFLICT (campaign_id, blind_index)
        DO UPDATE SET reason = excluded.reason, until = excluded.until, may_retry = 0, retried_at = NULL
        """;

    // The word of the owner of the address is not replaced by a refusal.
    private const string InsertBounced = $"""
        INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until, may_retry)
        VALUES (@id, @campaignId, @Index, @Version, '{Bounced}', @now, @until, @mayRetry)
        ON CONFLICT (campaign_id, blind_index) DO UPDATE SET
            reason = excluded.reason, created_at = excluded.created_at, until = excluded.until, retried_at = NULL,
            may_retry = CASE
                WHEN suppressions.until <= excluded.created_at THEN excluded.may_retry
                WHEN suppressions.may_retry = 0 OR suppressions.retried_at IS NOT NULL THEN 0
                ELSE excluded.may_retry END
        WHERE suppressions.reason = '{Bounced}' OR suppressions.until <= excluded.created_at
        """;

    /// <summary>Suppresses the address of a mailbox that does not exist.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="address">The address.</param>
    /// <param name="mayRetry">True if a later request is mailed once more.</param>
    public static void AddBounced(WriteTransaction write, long campaignId, IndexedAddress address, bool mayRetry) =>
        write.Connection.Execute(
            InsertBounced,
            new
            {
                id = write.NextId(),
                campaignId,
                address.Index,
                address.Version,
                now = write.Now,
                until = write.Now + LetterRules.BounceSuppression,
                mayRetry = mayRetry ? 1 : 0,
            }
        );

    /// <summary>Suppresses an address from an instant on, or longer than before.</summary>
    public static void Add(
        WriteTransaction write,
        long campaignId,
        IndexedAddress address,
        string reason,
        DateTimeOffset from,
        TimeSpan term
    ) =>
        write.Connection.Execute(
            Insert,
            new
            {
                id = write.NextId(),
                campaignId,
                address.Index,
                address.Version,
                reason,
                now = from.ToUnixTimeMilliseconds(),
                until = (from + term).ToUnixTimeMilliseconds(),
            }
        );
}
