using System.Data.Common;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// Recounts the rows and compares them with counters and ledger. All change in the same
/// transactions, so any difference is a fault.
/// </summary>
public sealed class RecountStore(Database database)
{
    // Days are whole days since 1970 here, because the shared SQL has no dates; the counters store days as text. The
    // rows are read in pages, because grouping all at once sorts them in memory, at a hundred bytes per signature.
    private const string CountRows = """
        SELECT country, state, CASE WHEN hold_reason IS NULL THEN 0 ELSE 1 END AS held,
               confirmed_at / 86400000 AS day, count(*) AS value,
               count(ledger_n) AS linked, count(CASE WHEN ledger_n IS NULL THEN commitment END) AS waiting,
               max(id) AS last
        FROM (SELECT id, country, state, hold_reason, confirmed_at, ledger_n, commitment FROM signatures
              WHERE campaign_id = @campaignId AND id > @after ORDER BY id LIMIT 20000) AS page
        GROUP BY country, state, CASE WHEN hold_reason IS NULL THEN 0 ELSE 1 END, confirmed_at / 86400000
        """;

    private const string SelectDays = """
        SELECT country, day AS state, CAST(SUM(value) AS bigint) AS value FROM counters_by_day
        WHERE campaign_id = @campaignId
        GROUP BY country, day
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
    /// The sum of the absolute differences between a campaign's rows and its counters by bucket and
    /// by day, its ledger and its queue. Healthy is 0. All reads are in one transaction, so that a
    /// concurrent signature is in both sides or in neither.
    /// </summary>
    public long Drift(long campaignId)
    {
        var (rows, buckets, days, ledger) = database.Snapshot(connection =>
            (
                Rows(connection, campaignId),
                Counters(connection, CounterRow.Select, campaignId),
                Counters(connection, SelectDays, campaignId),
                LedgerRecount.Read(connection, campaignId)
            )
        );
        long linked = 0,
            waiting = 0;
        foreach (var row in rows)
        {
            var bucket = SignatureState.Bucket(row.State, row.Held != 0);
            Subtract(buckets, (row.Country, bucket), row.Value);
            if (bucket != SignatureState.Confirmed)
                continue;
            if (row.Day is { } day)
                Subtract(days, (row.Country, DayText(day)), row.Value);
            linked += row.Linked;
            waiting += row.Waiting;
        }
        return buckets.Values.Sum(Math.Abs) + days.Values.Sum(Math.Abs) + ledger.Drift(linked, waiting);
    }

    public Task KeepAsync(long campaignId, long drift, CancellationToken cancellationToken) =>
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

    private static List<RowCount> Rows(DbConnection connection, long campaignId)
    {
        var rows = new List<RowCount>();
        for (
            var after = 0L;
            connection.Query<RowCount>(CountRows, new { campaignId, after }).ToList() is { Count: > 0 } page;
            after = page.Max(row => row.Last)
        )
            rows.AddRange(page);
        return rows;
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

    private static string DayText(long day) => Instant.Text(Instant.Day(DateTimeOffset.UnixEpoch.AddDays(day)));

    private sealed class RowCount
    {
        public required string Country { get; init; }
        public required string State { get; init; }
        public required long Held { get; init; }
        public required long? Day { get; init; }
        public required long Value { get; init; }
        public required long Linked { get; init; }
        public required long Waiting { get; init; }
        public required long Last { get; init; }
    }
}
