using Campaigns.Crypto;
using Campaigns.Db.Engine;
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
