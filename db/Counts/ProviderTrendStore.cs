using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// New signatures by mail provider and day: a burst of one provider shows in its row.
/// </summary>
public sealed class ProviderTrendStore(Database database, TimeProvider time)
{
    /// <summary>How many days are shown, today included.</summary>
    public const int Days = 7;

    private const string SelectHours = """
        SELECT provider, hour, CAST(SUM(signed) AS bigint) AS signatures FROM counters_by_provider
        WHERE campaign_id = @campaignId AND hour >= @from AND hour < @until GROUP BY provider, hour
        """;

    /// <summary>
    /// The days of a campaign, the providers with the most first. With <paramref name="hourly"/>
    /// without the current hour.
    /// </summary>
    public ProviderDays Read(long campaignId, bool hourly)
    {
        var now = time.UtcNow();
        var hour = CountedHours.Of(now);
        var from = CountedHours.Midnight(hour) - ((Days - 1) * CountedHours.PerDay);
        using var connection = database.Read();
        var rows = connection
            .Query<ProviderHourRow>(
                SelectHours,
                new
                {
                    campaignId,
                    from,
                    until = hourly ? hour : hour + 1,
                }
            )
            .ToList();
        var first = Instant.Day(CountedHours.Start(from));
        return new ProviderDays(
            hourly ? now.FullHour() : now,
            [.. Enumerable.Range(0, Days).Select(first.AddDays)],
            [
                .. rows.GroupBy(row => row.Provider, row => row)
                    .OrderByDescending(provider => provider.Sum(row => row.Signatures))
                    .ThenBy(provider => provider.Key, StringComparer.Ordinal)
                    .Select(provider => (provider.Key, Sums(provider, from))),
            ]
        );
    }

    private static IReadOnlyList<long> Sums(IEnumerable<ProviderHourRow> rows, long from)
    {
        var sums = new long[Days];
        foreach (var row in rows)
            sums[(row.Hour - from) / CountedHours.PerDay] += row.Signatures;
        return sums;
    }

    private sealed class ProviderHourRow
    {
        public required string Provider { get; init; }
        public required long Hour { get; init; }
        public required long Signatures { get; init; }
    }
}
