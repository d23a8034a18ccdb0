using Campaigns.Db.Engine;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Subscribers;

/// <summary>
/// Reads the active subscribers: their numbers for staff, and their rows for a sending.
/// </summary>
public sealed class SubscriberReader(Database database)
{
    private const string CountActive = $"""
        SELECT country, locale, count(*) AS subscribers FROM subscribers
        WHERE campaign_id = @campaignId AND state = '{SubscriberState.Active}'
        GROUP BY country, locale
        """;

    private const string SelectNext = $"""
        SELECT id, campaign_id, address, blind_index, index_version, locale, country FROM subscribers
        WHERE campaign_id = @campaignId AND state = '{SubscriberState.Active}' AND id > @after
        ORDER BY id LIMIT @limit
        """;

    private const string BeginTerm = $$"""
        UPDATE subscribers SET term_from = @sentAt {batch}
        WHERE campaign_id = @campaignId AND id = @id AND state = '{{SubscriberState.Active}}'
        """;

    public IReadOnlyList<SubscriberCount> Count(long campaignId)
    {
        using var connection = database.Read();
        return [.. connection.Query<SubscriberCount>(CountActive, new { campaignId })];
    }

    /// <summary>The next active subscribers of a campaign, ordered by id.</summary>
    public IReadOnlyList<Subscriber> ReadNext(long campaignId, long after, int limit)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<Subscriber>(
                SelectNext,
                new
                {
                    campaignId,
                    after,
                    limit,
                }
            ),
        ];
    }

    /// <summary>
    /// An update was sent to the subscriber: the term of the subscription begins again.
    /// </summary>
    internal static void RecordUpdate(WriteTransaction write, long campaignId, long id) =>
        write
            .Prepare(BeginTerm)
            .Set("@campaignId", campaignId)
            .Set("@id", id)
            .Set("@sentAt", write.Now.ToUnixTimeMilliseconds())
            .Defer();
}
