using System.Data.Common;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// How the sealed counts of a campaign grew: the difference of the last heads of two intervals, at
/// the time of sealing. The countries are those of the lines: listed ones and <c>ZZ</c>.
/// </summary>
internal static class SealedCounts
{
    private const long MillisecondsAnHour = 3_600_000;

    // A week begins on Monday, three days after a multiple of seven days.
    private const string SelectLast = """
        SELECT sealed_at, counts FROM ledger_heads
        WHERE campaign_id = @campaignId AND journaled = 1 AND size IN (
            SELECT MAX(size) FROM ledger_heads
            WHERE campaign_id = @campaignId AND journaled = 1 AND sealed_at >= @from AND sealed_at < @to
            GROUP BY (sealed_at + @shift) / @width)
        ORDER BY size
        """;

    private const string SelectBefore = """
        SELECT sealed_at, counts FROM ledger_heads
        WHERE campaign_id = @campaignId AND journaled = 1 AND sealed_at < @from ORDER BY size DESC LIMIT 1
        """;

    private const long ThreeDays = 3 * 24 * MillisecondsAnHour;

    /// <summary>The confirmed signatures that each interval added, by its first hour.</summary>
    public static Dictionary<long, long> ByInterval(
        DbConnection connection,
        long campaignId,
        TrendPeriod period,
        CountryScope scope
    )
    {
        var before = At(connection, campaignId, period.From) is { } counts ? scope.Sum(counts) : 0;
        var added = new Dictionary<long, long>();
        foreach (var head in LastOf(connection, campaignId, period))
        {
            var sum = scope.Sum(TreeHead.ReadCounts(head.Counts));
            added[TrendPeriod.StartOf(period.By, CountedHours.OfMilliseconds(head.SealedAt))] = sum - before;
            before = sum;
        }
        return added;
    }

    /// <summary>
    /// What each day of sealing added, by country; without countries that it left as they were.
    /// </summary>
    public static List<DayCount> ByDay(DbConnection connection, long campaignId)
    {
        var all = new TrendPeriod(TrendInterval.Day, 0, CountedHours.Of(DateTimeOffset.MaxValue));
        IReadOnlyDictionary<string, long> before = new Dictionary<string, long>();
        var days = new List<DayCount>();
        foreach (var head in LastOf(connection, campaignId, all))
        {
            var counts = TreeHead.ReadCounts(head.Counts);
            var day = Instant.Day(Instant.FromMilliseconds(head.SealedAt));
            days.AddRange(
                counts
                    .Keys.Union(before.Keys)
                    .Order(StringComparer.Ordinal)
                    .Select(country => new DayCount
                    {
                        Day = day,
                        Country = country,
                        Confirmed = counts.GetValueOrDefault(country) - before.GetValueOrDefault(country),
                    })
                    .Where(count => count.Confirmed != 0)
            );
            before = counts;
        }
        return days;
    }

    /// <summary>The counts of the newest head that is served.</summary>
    public static IReadOnlyDictionary<string, long> Now(DbConnection connection, long campaignId) =>
        At(connection, campaignId, CountedHours.Of(DateTimeOffset.MaxValue)) ?? new Dictionary<string, long>();

    /// <summary>
    /// The counts of the last head sealed before an hour; null if there is none.
    /// </summary>
    public static IReadOnlyDictionary<string, long>? At(DbConnection connection, long campaignId, long hour) =>
        connection.QuerySingleOrDefault<HeadRow>(SelectBefore, new { campaignId, from = hour * MillisecondsAnHour })
            is { } head
            ? TreeHead.ReadCounts(head.Counts)
            : null;

    /// <summary>The last head of each interval that has one.</summary>
    private static IEnumerable<HeadRow> LastOf(DbConnection connection, long campaignId, TrendPeriod period) =>
        connection.Query<HeadRow>(
            SelectLast,
            new
            {
                campaignId,
                from = period.From * MillisecondsAnHour,
                to = period.To * MillisecondsAnHour,
                width = TrendPeriod.Length(period.By) * MillisecondsAnHour,
                shift = period.By == TrendInterval.Week ? ThreeDays : 0,
            }
        );

    private sealed class HeadRow
    {
        public required long SealedAt { get; init; }
        public required string Counts { get; init; }
    }
}
