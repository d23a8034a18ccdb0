using System.Data.Common;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Assertions that rows, counters, letters, ledger and staff counts of a campaign match.
/// </summary>
internal static class StoredSignatures
{
    // The rule for the bucket of a row, written independently, because the product's own rule is under test.
    private const string Rows = """
        SELECT campaign_id, country,
            CASE WHEN hold_reason IS NOT NULL AND state IN ('pending', 'confirmed') THEN 'held'
                ELSE state END AS bucket,
            count(*) AS value
        FROM signatures GROUP BY 1, 2, 3
        """;

    private const string Counters = """
        SELECT campaign_id, country, state AS bucket, sum(value) AS value FROM counters
        GROUP BY 1, 2, 3 HAVING sum(value) <> 0
        """;

    private const string CountersByDay = """
        SELECT campaign_id, day, country, sum(value) AS value FROM counters_by_day
        GROUP BY 1, 2, 3 HAVING sum(value) <> 0
        """;

    private static readonly string _rowsByDay = $"""
        SELECT campaign_id, {TestSql.DayOf("confirmed_at")} AS day, country, count(*) AS value FROM signatures
        WHERE state = 'confirmed' AND hold_reason IS NULL GROUP BY 1, 2, 3
        """;

    // Written independently, as above. The time of signing is in the id.
    private const string ConfirmedByHour = """
        SELECT campaign_id, confirmed_at / 3600000 AS hour, country, count(*) AS value FROM signatures
        WHERE state = 'confirmed' AND hold_reason IS NULL GROUP BY 1, 2, 3
        """;

    private const string ConfirmedCounters = """
        SELECT campaign_id, hour, country, sum(confirmed) AS value FROM counters_by_hour
        GROUP BY 1, 2, 3 HAVING sum(confirmed) <> 0
        """;

    private const string SignedByHour = """
        SELECT campaign_id, (1577836800000 + id / 2097152) / 3600000 AS hour, count(*) AS value FROM signatures
        GROUP BY 1, 2
        """;

    private const string SignedCounters = """
        SELECT campaign_id, hour, sum(signed) AS value FROM counters_by_hour
        GROUP BY 1, 2 HAVING sum(signed) <> 0
        """;

    private const string StepsByCountry = """
        SELECT campaign_id, hour, sum(signed) AS signed, sum(letters) AS letters, sum(pressed) AS pressed
        FROM counters_by_hour GROUP BY 1, 2 HAVING sum(signed) + sum(letters) + sum(pressed) <> 0
        """;

    private const string StepsByProvider = """
        SELECT campaign_id, hour, sum(signed) AS signed, sum(letters) AS letters, sum(pressed) AS pressed
        FROM counters_by_provider GROUP BY 1, 2
        """;

    public static void AssertCounted(DbConnection database)
    {
        AssertSame(database, Rows, Counters);
        AssertSame(database, _rowsByDay, CountersByDay);
        AssertSame(database, ConfirmedByHour, ConfirmedCounters);
        AssertSame(database, SignedByHour, SignedCounters);
        AssertSame(database, StepsByCountry, StepsByProvider);
    }

    private static void AssertSame(DbConnection database, string rows, string counters) =>
        Assert.Empty(
            database.Query(
                $"""
                WITH r AS ({rows}), c AS ({counters}),
                    lost AS (SELECT * FROM r EXCEPT SELECT * FROM c),
                    extra AS (SELECT * FROM c EXCEPT SELECT * FROM r)
                SELECT * FROM lost UNION ALL SELECT * FROM extra
                """
            )
        );

    public static void AssertLetters(DbConnection database, long campaignId)
    {
        // One link for the signing and one for each repeat, all different.
        foreach (var links in (string[])["*", "DISTINCT generation"])
            Assert.Equal(
                0,
                CountMismatches(
                    database,
                    campaignId,
                    $"SELECT signature_id, count({links}) AS rows FROM letters WHERE kind = 'confirm' GROUP BY 1",
                    "1 + s.confirm_generation"
                )
            );
        Assert.Equal(
            0,
            CountMismatches(
                database,
                campaignId,
                "SELECT signature_id, count(*) AS rows FROM consents WHERE purpose = 'sign' GROUP BY 1",
                "1"
            )
        );
        Assert.Equal(
            0,
            CountMismatches(
                database,
                campaignId,
                "SELECT signature_id, count(*) AS rows FROM letters WHERE kind = 'manage' GROUP BY 1",
                "CASE WHEN s.state = 'confirmed' THEN 1 ELSE 0 END"
            )
        );
        // A confirm letter is cancelled only because its link was used before it was marked, or because the
        // signer signed again before it was sent.
        Assert.Equal(
            0,
            database.QuerySingle<long>(
                """
                SELECT count(*) FROM letters l JOIN signatures s ON s.id = l.signature_id
                WHERE s.campaign_id = @campaignId AND l.state <> 'sent'
                  AND NOT (l.state = 'cancelled' AND l.kind = 'confirm'
                      AND (s.state = 'confirmed' OR l.generation < s.confirm_generation))
                """,
                new { campaignId }
            )
        );
    }

    /// <summary>
    /// The number of signatures whose row count differs from the expected one. One query for all,
    /// because a query per signature is too slow.
    /// </summary>
    private static long CountMismatches(DbConnection database, long campaignId, string rows, string expected) =>
        database.QuerySingle<long>(
            $"""
            SELECT count(*) FROM signatures s LEFT JOIN ({rows}) r ON r.signature_id = s.id
            WHERE s.campaign_id = @campaignId AND coalesce(r.rows, 0) <> {expected}
            """,
            new { campaignId }
        );

    /// <summary>
    /// Every confirmed signature is exactly once in the ledger or in its queue; the ledger has no
    /// gap.
    /// </summary>
    public static void AssertLedger(DbConnection database, long campaignId)
    {
        Assert.Empty(
            database.Query(
                """
                SELECT s.id FROM signatures s
                LEFT JOIN (
                    SELECT signature_id, n, count(*) AS rows FROM ledger_entries WHERE kind = 'add' GROUP BY 1, 2
                ) e ON e.signature_id = s.id AND e.n = s.ledger_n
                LEFT JOIN (
                    SELECT signature_id, count(*) AS rows FROM ledger_queue WHERE kind = 'add' GROUP BY 1
                ) q ON q.signature_id = s.id
                WHERE s.campaign_id = @campaignId
                  AND coalesce(e.rows, 0) + coalesce(q.rows, 0)
                      <> CASE WHEN s.state = 'confirmed' AND s.hold_reason IS NULL THEN 1 ELSE 0 END
                """,
                new { campaignId }
            )
        );
        Assert.Equal(
            database.QuerySingle<long>(
                """
                SELECT count(*) FROM signatures
                WHERE campaign_id = @campaignId AND state = 'confirmed' AND hold_reason IS NULL
                """,
                new { campaignId }
            ),
            database.QuerySingle<long>(
                """
                SELECT (SELECT count(*) FROM ledger_entries WHERE campaign_id = @campaignId AND kind = 'add')
                    + (SELECT count(*) FROM ledger_queue WHERE campaign_id = @campaignId AND kind = 'add')
                """,
                new { campaignId }
            )
        );
        Assert.Empty(
            database.Query(
                """
                SELECT id FROM campaigns c
                WHERE ledger_size
                    <> (SELECT count(*) FROM ledger_entries e WHERE e.campaign_id = c.id AND e.n < c.ledger_size)
                """
            )
        );
    }

    /// <summary>
    /// The staff counts match the rows for every country and every bucket. Those of unconfirmed
    /// people are hourly in a sensitive campaign.
    /// </summary>
    public static async Task AssertStaffCountsAsync(
        DbConnection database,
        long campaignId,
        HttpClient http,
        string staff,
        string slug
    )
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, $"/api/staff/campaigns/{slug}/counts");
        ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", staff);
        var shown = (
            await (await CampaignServer.Expect(200, await http.SendAsync(ask))).Content.ReadFromJsonAsync<JsonObject>()
        )!["countries"]!.AsArray();
        var rows = database
            .Query<(long Campaign, string Country, string Bucket, long Value)>(Rows)
            .Where(row => row.Campaign == campaignId)
            .ToList();
        Assert.NotEmpty(rows);
        var isLive = database.QuerySingle<long>(
            "SELECT 1 - sensitive FROM campaigns WHERE id = @campaignId",
            new { campaignId }
        );
        Assert.All(rows.Where(row => isLive == 1 || row.Bucket is not ("pending" or "held" or "expired")), row =>
            Assert.Equal(
                row.Value,
                (long)shown.Single(country => (string)country!["country"]! == row.Country)![row.Bucket]!
            )
        );
    }
}
