using System.Collections.Concurrent;
using System.Data.Common;
using Campaigns.Db.Caching;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// What each day and week added to the public count, cached. Countries are those of the counters,
/// or of the lines for a sensitive campaign. Under constant change it is at most a second old.
/// </summary>
public sealed class CountHistory
{
    private const string SelectDays = """
        SELECT day, country, CAST(SUM(value) AS bigint) AS confirmed FROM counters_by_day
        WHERE campaign_id = @campaignId GROUP BY day, country HAVING SUM(value) <> 0 ORDER BY day, country
        """;

    private readonly ConcurrentDictionary<(long Campaign, bool Sensitive), CachedValue<IReadOnlyList<DayCount>>> _days =
        new();
    private readonly Database _database;
    private readonly TimeProvider _time;

    public CountHistory(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
        database.Writes.CountsChanged += Invalidate;
    }

    /// <summary>
    /// The days with their countries, in this order, without those that added nothing. A signature
    /// counts on the day of its confirmation, and on none once it left. Of a sensitive campaign a
    /// day has what its ledger gained or lost by sealing. Returns the same list while it is
    /// unchanged.
    /// </summary>
    public ValueTask<IReadOnlyList<DayCount>> OfAsync(Campaign campaign) =>
        _days
            .GetOrAdd((campaign.Id, campaign.Sensitive), key => new CachedValue<IReadOnlyList<DayCount>>(
                () => _database.Snapshot(connection => Read(connection, key.Campaign, key.Sensitive)),
                _time,
                _database.CacheLifetime,
                serveStaleWhileBusy: true
            ))
            .GetAsync();

    private static List<DayCount> Read(DbConnection connection, long campaignId, bool sensitive) =>
        sensitive
            ? SealedCounts.ByDay(connection, campaignId)
            : connection.Query<DayCount>(SelectDays, new { campaignId }).AsList();

    private void Invalidate(long campaignId)
    {
        foreach (var sensitive in (bool[])[false, true])
        {
            if (_days.TryGetValue((campaignId, sensitive), out var days))
                days.Invalidate();
        }
    }
}
