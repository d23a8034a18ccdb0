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

    /// <summary>A mail server refused letters to the mailbox.</summary>
    public const string Bounced = "bounced";

    /// <summary>
    /// The end of an insertion after a refusal of a mailbox. What is final stays final until it
    /// ends. The word of the owner of the address is not replaced by a refusal.
    /// </summary>
    private const string OnBounce = $"""
        ON CONFLICT (campaign_id, blind_index) DO UPDATE SET
            reason = excluded.reason, created_at = excluded.created_at, until = excluded.until, retried_at = NULL,
            mailbox_id = COALESCE(excluded.mailbox_id, suppressions.mailbox_id),
            may_retry = CASE
                WHEN suppressions.until <= excluded.created_at THEN excluded.may_retry
                WHEN suppressions.may_retry = 0 OR suppressions.retried_at IS NOT NULL THEN 0
                ELSE excluded.may_retry END
        WHERE suppressions.reason = '{Bounced}' OR suppressions.until <= excluded.created_at
        """;

    private const string InsertBounced = $"""
        INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until, may_retry,
                                  mailbox_id)
        VALUES (@id, @campaignId, @Index, @Version, '{Bounced}', @now, @until, @mayRetry, @mailboxId)
        {OnBounce}
        """;

    private const string InsertBouncedSignature = $"""
        INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until, may_retry,
                                  mailbox_id)
        SELECT @id, campaign_id, blind_index, index_version, '{Bounced}', @now, @until, @mayRetry, @mailboxId
        FROM signatures
        WHERE campaign_id = @campaignId AND id = @signatureId AND blind_index IS NOT NULL
        {OnBounce}
        """;

    private const string Insert = """
        INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until)
        VALUES (@id, @campaignId, @Index, @Version, @reason, @now, @until)
        ON CONFLICT (campaign_id, blind_index)
        DO UPDATE SET reason = excluded.reason, until = excluded.until, may_retry = 0, retried_at = NULL,
                      mailbox_id = NULL
        """;

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

    /// <summary>Suppresses an address whose mailbox refuses letters.</summary>
    /// <param name="write">The transaction.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="address">The index of the address, as signatures have it.</param>
    /// <param name="mailboxId">The row of the mailbox that stops letters of all campaigns; null
    /// if a request after a day is mailed once more.</param>
    public static void AddBounced(WriteTransaction write, long campaignId, IndexedAddress address, long? mailboxId)
    {
        var parameters = BouncedParameters(write, campaignId, mailboxId);
        parameters.AddDynamicParams(new { address.Index, address.Version });
        write.Connection.Execute(InsertBounced, parameters);
    }

    /// <summary>
    /// The same for the address of a signature, under the key of its index. Without one, because it
    /// is erased, nothing is stored.
    /// </summary>
    public static void AddBounced(WriteTransaction write, long campaignId, long signatureId, long? mailboxId)
    {
        var parameters = BouncedParameters(write, campaignId, mailboxId);
        parameters.AddDynamicParams(new { signatureId });
        write.Connection.Execute(InsertBouncedSignature, parameters);
    }

    private static DynamicParameters BouncedParameters(WriteTransaction write, long campaignId, long? mailboxId) =>
        new(
            new
            {
                id = write.NextId(),
                campaignId,
                now = write.Now.ToUnixTimeMilliseconds(),
                until = (write.Now + LetterRules.BounceSuppression).ToUnixTimeMilliseconds(),
                mayRetry = mailboxId is null ? 1 : 0,
                mailboxId,
            }
        );
}
