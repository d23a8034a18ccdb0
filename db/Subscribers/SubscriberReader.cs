using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Subscribers;

/// <summary>Reads the numbers of active subscribers for staff.</summary>
public sealed class SubscriberReader(Database database)
{
    private const string CountActive = $"""
        SELECT country, locale, count(*) AS subscribers FROM subscribers
        WHERE campaign_id = @campaignId AND state = '{SubscriberState.Active}'
        GROUP BY country, locale
        """;

    public IReadOnlyList<SubscriberCount> Count(long campaignId)
    {
        using var connection = database.Read();
        return [.. connection.Query<SubscriberCount>(CountActive, new { campaignId })];
    }
}
