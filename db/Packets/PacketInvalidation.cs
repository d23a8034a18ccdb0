using Campaigns.Db.Engine;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>
/// Marks finished packets stale that show more than a removal, a lowered disclosure or a changed
/// recipient allows, in the transaction of that change. A build in progress starts over, because it
/// compares the campaign's counter of removals before it publishes.
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
        WHERE campaign_id = @campaignId AND {_isInvalidated} AND cut_off_size > @n
          AND countries LIKE '%"' || @country || '"%'
        """;

    private static readonly string _makeRecipientStale = $"""
        UPDATE packets SET status = '{PacketStatus.Stale}', file_key = NULL
        WHERE campaign_id = @campaignId AND recipient_key = @recipient AND {_isInvalidated}
        """;

    private static readonly string _makeAllStale = $"""
        UPDATE packets SET status = '{PacketStatus.Stale}', file_key = NULL
        WHERE campaign_id = @campaignId AND {_isInvalidated}
        """;

    private const string IncrementRemovals = "UPDATE campaigns SET removals = removals + 1 WHERE id = @campaignId";

    /// <summary>
    /// Marks finished packets with the entry as stale, and makes a packet build start over, because
    /// less of the signer may be shown.
    /// </summary>
    public static void InvalidateEntry(WriteTransaction write, long campaignId, long n, string country)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(
            _makeEntryStale,
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
    public static void InvalidateRecipient(WriteTransaction write, long campaignId, string recipient)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(_makeRecipientStale, new { campaignId, recipient });
    }

    /// <summary>
    /// Marks all finished packets of the campaign as stale, and makes a packet build start over.
    /// </summary>
    public static void InvalidateAll(WriteTransaction write, long campaignId)
    {
        write.Connection.Execute(IncrementRemovals, new { campaignId });
        write.Connection.Execute(_makeAllStale, new { campaignId });
    }
}
