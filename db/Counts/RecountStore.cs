using System.Data.Common;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// Recounts the rows and compares them with counters and ledger. All change in the same
/// transactions, so any difference is a fault.
/// </summary>
public sealed class RecountStore(Database database, TimeProvider time)
{
    // Days and hours are numbers since 1970 here, because the shared SQL has no dates; the counters store days as text.
    // The time of signing is in the id (Ids). The rows are read in pages, because grouping all at once sorts them in
    // memory, at a hundred bytes per signature.
    private const string CountRows = """
        SELECT country, state, CASE WHEN hold_reason IS NULL THEN 0 ELSE 1 END AS held,
               (1577836800000 + id / 2097152) / 3600000 AS signed_hour, confirmed_at / 3600000 AS confirmed_hour,
               count(*) AS value,
               count(ledger_n) AS linked, count(CASE WHEN ledger_n IS NULL THEN commitment END) AS waiting,
               max(id) AS last
        FROM (SELECT id, country, state, hold_reason, confirmed_at, ledger_n, commitment FROM signatures
              WHERE campaign_id = @campaignId AND id > @after ORDER BY id LIMIT 20000) AS page
        GROUP BY country, state, CASE WHEN hold_reason IS NULL THEN 0 ELSE 1 END,
                 (1577836800000 + id / 2097152) / 3600000, confirmed_at / 3600000
        """;

    private const string SelectDays = """
        SELECT country, day AS state, CAST(SUM(value) AS bigint) AS value FROM counters_by_day
        WHERE campaign_id = @campaignId
        GROUP BY country, day
        """;

    private const string SelectHours = """
        SELECT hour, country AS key, CAST(SUM(signed) AS bigint) AS signed, CAST(SUM(letters) AS bigint) AS letters,
               CAST(SUM(pressed) AS bigint) AS pressed, CAST(SUM(confirmed) AS bigint) AS confirmed
        FROM counters_by_hour WHERE campaign_id = @campaignId GROUP BY hour, country
        """;

    private const string SelectProviders = """
        SELECT hour, provider AS key, CAST(SUM(signed) AS bigint) AS signed, CAST(SUM(letters) AS bigint) AS letters,
               CAST(SUM(pressed) AS bigint) AS pressed, CAST(0 AS bigint) AS confirmed
        FROM counters_by_provider WHERE campaign_id = @campaignId GROUP BY hour, provider
        """;

    private const string Save = """
        INSERT INTO recounts (campaign_id, drift, recounted_at) VALUES (@campaignId, @drift, @now)
        ON CONFLICT (campaign_id) DO UPDATE SET drift = excluded.drift, recounted_at = excluded.recounted_at
        """;

    /// <summary>All campaigns.</summary>
    public IReadOnlyList<long> ListCampaigns()
    {
        using var connection = database.Read();
        return [.. connection.Query<long>("SELECT id FROM campaigns ORDER BY id")];
    }

    /// <summary>
    /// The sum of the absolute differences between a campaign's rows and its counters by bucket, by
    /// day and by hour, its ledger and its queue. Healthy is 0. Letters and presses by hour have no
    /// rows to compare with; their sums by country and by provider must be equal. All reads are in
    /// one transaction, so that a concurrent signature is in both sides or in neither.
    /// </summary>
    public long Drift(long campaignId)
    {
        var recounted = new HourRecount(time.UtcNow());
        var (buckets, days, ledger, linked, waiting) = database.Snapshot(connection =>
        {
            var buckets = Counters(connection, CounterRow.Select, campaignId);
            var days = Counters(connection, SelectDays, campaignId);
            recounted.Add(
                connection.Query<HourCounterRow>(SelectHours, new { campaignId }),
                connection.Query<HourCounterRow>(SelectProviders, new { campaignId })
            );
            long linked = 0,
                waiting = 0;
            foreach (var row in Rows(connection, campaignId))
            {
                var bucket = SignatureState.Bucket(row.State, row.Held != 0);
                Subtract(buckets, (row.Country, bucket), row.Value);
                recounted.SubtractSigned(row.SignedHour, row.Value);
                if (bucket != SignatureState.Confirmed)
                    continue;
                if (row.ConfirmedHour is { } hour)
                {
                    Subtract(days, (row.Country, DayText(hour)), row.Value);
                    recounted.SubtractConfirmed(row.Country, hour, row.Value);
                }
                linked += row.Linked;
                waiting += row.Waiting;
            }
            return (buckets, days, LedgerRecount.Read(connection, campaignId), linked, waiting);
        });
        return buckets.Values.Sum(Math.Abs)
            + days.Values.Sum(Math.Abs)
            + recounted.Drift
            + ledger.Drift(linked, waiting);
    }

    public Task SaveAsync(long campaignId, long drift, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    Save,
                    new
                    {
                        campaignId,
                        drift,
                        now = write.Now.ToUnixTimeMilliseconds(),
                    }
                ),
            cancellationToken
        );

    // A page at a time, because a campaign of millions has more groups than memory should hold.
    private static IEnumerable<RowCount> Rows(DbConnection connection, long campaignId)
    {
        for (
            var after = 0L;
            connection.Query<RowCount>(CountRows, new { campaignId, after }).ToList() is { Count: > 0 } page;
            after = page.Max(row => row.Last)
        )
            foreach (var row in page)
                yield return row;
    }

    private static Dictionary<(string Country, string Key), long> Counters(
        DbConnection connection,
        string sql,
        long campaignId
    ) =>
        connection
            .Query<CounterRow>(sql, new { campaignId })
            .ToDictionary(row => (row.Country, row.State), row => row.Value);

    private static void Subtract(
        Dictionary<(string Country, string Key), long> counters,
        (string Country, string Key) key,
        long value
    ) => counters[key] = counters.GetValueOrDefault(key) - value;

    private static string DayText(long hour) => Instant.Text(Instant.Day(CountedHours.Start(hour)));

    private sealed class RowCount
    {
        public required string Country { get; init; }
        public required string State { get; init; }
        public required long Held { get; init; }
        public required long SignedHour { get; init; }
        public required long? ConfirmedHour { get; init; }
        public required long Value { get; init; }
        public required long Linked { get; init; }
        public required long Waiting { get; init; }
        public required long Last { get; init; }
    }
}
