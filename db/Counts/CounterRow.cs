namespace Campaigns.Db.Counts;

/// <summary>The signatures of one country in one bucket.</summary>
internal sealed class CounterRow
{
    /// <summary>Reads the counters of a campaign, whatever number of writers they have.</summary>
    public const string Select = """
        SELECT country, state, CAST(SUM(value) AS bigint) AS value FROM counters WHERE campaign_id = @campaignId
        GROUP BY country, state
        """;

    public required string Country { get; init; }
    public required string State { get; init; }
    public required long Value { get; init; }
}
