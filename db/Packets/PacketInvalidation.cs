using Campaigns.Db.Engine;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>
/// Marks finished packets stale that show more than a removal, a lowered disclosure or a changed
/// recipient allows, in the transaction of that change, which is recorded. A build in progress
/// starts over, because it compares the campaign's counter of removals before it publishes.
/// </summary>
internal static class PacketInvalidation
{
    private static readonly string _isInvalidated = SqlCondition.IsOneOf(
        "status",
        PacketLifecycle.StatusesChangedBy(PacketAct.Invalidate)
    );

    // The countries are a JSON array in a text column, so each code is between quotes.
    private static readonly string _makeEntryStale = $"""
        UPDATE packets SET status = '{PacketStatus.Stale}', file_key = NULL
        WHERE campaign_id = @CampaignId AND {_isInvalidated} AND cut_off_size > @N AND COALESCE(since_size, 0) <= @N
          AND countries LIKE '%"' || @Country || '"%'
        """;

    private static readonly string _makeRecipientStale = $"""
        UPDATE packets SET status = '{PacketStatus.Stale}', file_key = NULL
        WHERE campaign_id = @CampaignId AND recipient_key = @Recipient AND {_isInvalidated}
        """;

    private static readonly string _makeAllStale = $"""
        UPDATE packets SET status = '{PacketStatus.Stale}', file_key = NULL
        WHERE campaign_id = @CampaignId AND {_isInvalidated}
        """;

    private const string IncrementRemovals =
        "UPDATE campaigns SET removals = removals + 1 WHERE id = @CampaignId RETURNING removals";

    // Packets that are being built start over, so nothing counts for them.
    private const string InsertCause = $"""
        INSERT INTO stale_causes (campaign_id, number, kind, n, country, recipient_key, caused_at)
        SELECT @CampaignId, @Number, @Kind, @N, @Country, @Recipient, @Now
        WHERE EXISTS (SELECT 1 FROM packets WHERE campaign_id = @CampaignId AND status = '{PacketStatus.Stale}')
        """;

    /// <summary>
    /// Marks finished packets with the entry as stale, and makes a packet build start over, because
    /// less of the signer may be shown.
    /// </summary>
    /// <param name="write">The transaction of the change.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="n">The number of the entry.</param>
    /// <param name="country">Its country.</param>
    /// <param name="cause">One of <see cref="StaleCause"/>.</param>
    public static void InvalidateEntry(WriteTransaction write, long campaignId, long n, string country, string cause) =>
        Invalidate(
            write,
            _makeEntryStale,
            new CauseRow
            {
                CampaignId = campaignId,
                Kind = cause,
                N = n,
                Country = country,
            }
        );

    /// <summary>
    /// Marks the finished packets of a recipient as stale, and makes a packet build start over,
    /// because the recipient may see less.
    /// </summary>
    public static void InvalidateRecipient(WriteTransaction write, long campaignId, string recipient) =>
        Invalidate(
            write,
            _makeRecipientStale,
            new CauseRow
            {
                CampaignId = campaignId,
                Kind = StaleCause.Recipient,
                Recipient = recipient,
            }
        );

    /// <summary>
    /// Marks all finished packets of the campaign as stale, and makes a packet build start over.
    /// </summary>
    public static void InvalidateAll(WriteTransaction write, long campaignId) =>
        Invalidate(write, _makeAllStale, new CauseRow { CampaignId = campaignId, Kind = StaleCause.Campaign });

    // The counter first: its row makes a publishing worker and this change wait for each other.
    private static void Invalidate(WriteTransaction write, string makeStale, CauseRow cause)
    {
        var number = write.Connection.QuerySingle<long>(IncrementRemovals, cause);
        write.Connection.Execute(makeStale, cause);
        write.Connection.Execute(InsertCause, cause with { Number = number, Now = write.Now.ToUnixTimeMilliseconds() });
    }

    private sealed record CauseRow
    {
        public required long CampaignId { get; init; }
        public required string Kind { get; init; }
        public long? N { get; init; }
        public string? Country { get; init; }
        public string? Recipient { get; init; }
        public long Number { get; init; }
        public long Now { get; init; }
    }
}
