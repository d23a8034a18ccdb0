using System.Globalization;
using Campaigns.Sendings;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Sendings;

/// <summary>The condition for subscribers of an audience.</summary>
internal static class AudienceSql
{
    /// <summary>
    /// Who was subscribed at <c>@startedAt</c> and has no letter of <c>@updateId</c>. Who
    /// subscribed again since then has the row of before.
    /// </summary>
    public const string HasNoLetter = """
        active_since <= @startedAt AND NOT EXISTS (
            SELECT 1 FROM update_letters l WHERE l.update_id = @updateId AND l.subscriber_id = subscribers.id)
        """;

    /// <summary>
    /// Condition on the table <c>subscribers</c>; adds its parameters, <c>@campaignId</c> among
    /// them.
    /// </summary>
    public static string Condition(long campaignId, Audience audience, DynamicParameters parameters)
    {
        parameters.Add("campaignId", campaignId);
        return $"campaign_id = @campaignId AND state = '{SubscriberState.Active}'"
            + IsOneOf("country", audience.Countries, parameters)
            + IsOneOf("locale", audience.Locales, parameters);
    }

    // One parameter for each value: PostgreSQL does not take Dapper's lists.
    private static string IsOneOf(string column, IReadOnlyList<string>? values, DynamicParameters parameters)
    {
        if (values is null)
            return "";
        var names = values.Select(
            (value, place) =>
            {
                var name = column + place.ToString(CultureInfo.InvariantCulture);
                parameters.Add(name, value);
                return "@" + name;
            }
        );
        return $" AND {column} IN ({string.Join(", ", names)})";
    }
}
