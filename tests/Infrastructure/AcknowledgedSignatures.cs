using System.Collections.Concurrent;
using System.Data.Common;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// What the server said yes to over HTTP, and the one set of assertions for every crash and fault:
/// nothing of it is lost, nothing is there twice, and all that is counted agrees with the rows.
/// </summary>
public sealed class AcknowledgedSignatures
{
    // The bucket of a row, written out once more: the product's own word for it is what is checked.
    private const string Rows = """
        SELECT campaign_id, country, CASE WHEN hold_reason IS NOT NULL AND state IN ('pending', 'confirmed') THEN 'held' ELSE state END AS bucket, count(*) AS value
        FROM signatures GROUP BY 1, 2, 3
        """;

    // The letters that answer a signing.
    private const string RowsWithLetters = """
        SELECT blind_index, state, country, coalesce(l.letters, 0) FROM signatures s
        LEFT JOIN (SELECT signature_id, count(*) AS letters FROM letters WHERE kind <> 'manage' GROUP BY 1) l ON l.signature_id = s.id WHERE campaign_id = @campaignId
        """;

    private const string Counters =
        "SELECT campaign_id, country, state AS bucket, sum(value) AS value FROM counters GROUP BY 1, 2, 3 HAVING sum(value) <> 0";

    private const string CountersByDay =
        "SELECT campaign_id, day, country, sum(value) AS value FROM counters_by_day GROUP BY 1, 2, 3 HAVING sum(value) <> 0";

    private static readonly string _rowsByDay = $"""
        SELECT campaign_id, {TestSql.DayOf("confirmed_at")} AS day, country, count(*) AS value FROM signatures
        WHERE state = 'confirmed' AND hold_reason IS NULL GROUP BY 1, 2, 3
        """;

    private static readonly ParallelOptions _fewAtOnce = new() { MaxDegreeOfParallelism = 8 };

    /// <summary>Address to the country it last signed from: answered 202.</summary>
    public ConcurrentDictionary<string, string> People { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Address to every signing of it that was answered 202 or may have been written although no
    /// answer came, in that order. Never two at once.
    /// </summary>
    public ConcurrentDictionary<string, List<(string Country, bool Answered)>> Asked { get; } =
        new(StringComparer.Ordinal);

    /// <summary>Address to link: answered 200.</summary>
    public ConcurrentDictionary<string, string> Confirmed { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a server that stood still may carry out what was asked of it long after whoever
    /// asked hung up and signed again elsewhere.
    /// </summary>
    public bool Late { get; init; }

    public void Note(string address, string country, bool answered)
    {
        Asked.GetOrAdd(address, _ => []).Add((country, answered));
        if (answered)
            People[address] = country;
    }

    /// <summary>
    /// Holds the data folder of a running server against what it acknowledged. For a campaign whose
    /// signings nobody took back; letters must all leave. <paramref name="staff"/> carries the
    /// token of an administrator.
    /// </summary>
    public async Task AssertKeptAsync(string folder, HttpClient http, string staff, string slug)
    {
        await MailedAsync(folder);
        await AssertNewestLinksAsync(folder, http);
        await MailedAsync(folder);
        using (var database = DatabaseUnderTest.Open(folder))
        {
            var campaignId = database.QuerySingle<long>("SELECT id FROM campaigns WHERE slug = @slug", new { slug });
            await AssertPeopleAsync(database, folder, campaignId);
            AssertCounted(database);
            AssertLetters(database, campaignId);
            AssertLedger(database, campaignId);
            TestSql.AssertIntact(database);
            await AssertShownAsync(database, campaignId, http, staff, slug);
        }
        await AssertLinksAsync(http);
    }

    /// <summary>
    /// Looks each address up as the product does, because a count would not notice one that took
    /// the place of another.
    /// </summary>
    private async Task AssertPeopleAsync(DbConnection database, string folder, long campaignId)
    {
        var rows = (
            await database.QueryAsync<(byte[] Index, string State, string Country, long Letters)>(
                RowsWithLetters,
                new { campaignId }
            )
        ).ToDictionary(row => Convert.ToHexString(row.Index));
        await using var beside = Database.Open(
            DatabaseUnderTest.Options(folder),
            folder,
            Path.Combine(folder, "keys"),
            TimeSpan.FromDays(400),
            serving: false,
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        foreach (var (address, country) in People)
        {
            var row = Find(address);
            Assert.True(row is not null, $"{address} was acknowledged and is gone");
            if (Asked.TryGetValue(address, out var asked))
                AssertAsked(asked, row.Value.State, row.Value.Country, row.Value.Letters);
            else
                Assert.Equal(country, row.Value.Country);
        }
        foreach (var address in Confirmed.Keys)
            Assert.Equal("confirmed", Find(address)?.State);
        // Nobody stands here twice: no row is left over.
        Assert.Equal(rows.Count, People.Keys.Union(Asked.Keys).Count(address => Find(address) is not null));

        (string State, string Country, long Letters)? Find(string address) =>
            rows.TryGetValue(Convert.ToHexString(beside.Keys.BlindIndex.Compute(campaignId, address)), out var row)
                ? (row.State, row.Country, row.Letters)
                : null;
    }

    /// <summary>
    /// A letter for each signing that was answered, and at most one for each that was not. The
    /// newest signing counts, until it is confirmed.
    /// </summary>
    private void AssertAsked(List<(string Country, bool Answered)> asked, string state, string country, long letters)
    {
        Assert.InRange(letters, asked.Count(one => one.Answered), asked.Count);
        var standing = state == "pending" && !Late ? asked.Skip(asked.FindLastIndex(one => one.Answered)) : asked;
        Assert.Contains(country, standing.Select(one => one.Country));
    }

    /// <summary>
    /// Of whoever got several links the newest alone is good, before and after it is pressed.
    /// </summary>
    private async Task AssertNewestLinksAsync(string folder, HttpClient http)
    {
        var links = new Mailbox(Path.Combine(folder, "mail"))
            .All()
            .Where(letter => letter.Text.Contains("/confirm/", StringComparison.Ordinal))
            .Select(letter => (Address: letter.To.ToLowerInvariant(), Link: letter.Token("/confirm/")))
            .Where(letter => People.ContainsKey(letter.Address) || Asked.ContainsKey(letter.Address))
            .Distinct()
            .GroupBy(letter => letter.Address, letter => letter.Link)
            .Where(links => links.Count() > 1);
        await Parallel.ForEachAsync(links, _fewAtOnce, async (several, _) =>
        {
            foreach (var older in several.SkipLast(1))
                Assert.Equal(404, await PressAsync(older));
            Assert.Equal(200, await PressAsync(several.Last()));
            foreach (var older in several.SkipLast(1))
                Assert.Equal(404, await PressAsync(older));
            Confirmed[several.Key] = several.Last();
        });

        async Task<int> PressAsync(string link)
        {
            using var answer = await http.PostAsJsonAsync("/api/confirmations", new { token = link });
            return (int)answer.StatusCode;
        }
    }

    private static Task MailedAsync(string folder) =>
        CampaignServer.UntilAsync(
            () =>
            {
                using var waiting = DatabaseUnderTest.Open(folder);
                return Task.FromResult(
                    waiting.QuerySingle<long>("SELECT count(*) FROM letters WHERE state = 'queued'") == 0
                );
            },
            "letters are still queued",
            120
        );

    private static void AssertCounted(DbConnection database)
    {
        AssertSame(database, Rows, Counters);
        AssertSame(database, _rowsByDay, CountersByDay);
    }

    private static void AssertSame(DbConnection database, string rows, string counters) =>
        Assert.Empty(
            database.Query(
                $"""
                WITH r AS ({rows}), c AS ({counters}), lost AS (SELECT * FROM r EXCEPT SELECT * FROM c), extra AS (SELECT * FROM c EXCEPT SELECT * FROM r)
                SELECT * FROM lost UNION ALL SELECT * FROM extra
                """
            )
        );

    private static void AssertLetters(DbConnection database, long campaignId)
    {
        // A link for the signing and one for each repeat, no two the same.
        foreach (var links in (string[])["*", "DISTINCT generation"])
            Assert.Equal(
                0,
                WithoutTheirs(
                    database,
                    campaignId,
                    $"SELECT signature_id, count({links}) AS rows FROM letters WHERE kind = 'confirm' GROUP BY 1",
                    "1 + s.confirm_generation"
                )
            );
        Assert.Equal(
            0,
            WithoutTheirs(
                database,
                campaignId,
                "SELECT signature_id, count(*) AS rows FROM consents WHERE purpose = 'sign' GROUP BY 1",
                "1"
            )
        );
        Assert.Equal(
            0,
            WithoutTheirs(
                database,
                campaignId,
                "SELECT signature_id, count(*) AS rows FROM letters WHERE kind = 'manage' GROUP BY 1",
                "CASE WHEN s.state = 'confirmed' THEN 1 ELSE 0 END"
            )
        );
        // A confirm letter is only ever cancelled because somebody pressed its button before it was marked, or signed
        // again before it left.
        Assert.Equal(
            0,
            database.QuerySingle<long>(
                """
                SELECT count(*) FROM letters l JOIN signatures s ON s.id = l.signature_id
                WHERE s.campaign_id = @campaignId AND l.state <> 'sent'
                  AND NOT (l.state = 'cancelled' AND l.kind = 'confirm' AND (s.state = 'confirmed' OR l.generation < s.confirm_generation))
                """,
                new { campaignId }
            )
        );
    }

    /// <summary>
    /// How many signatures have another number of rows there than they should. CountedSignatures
    /// once for all, because every letter for every signature is far too many.
    /// </summary>
    private static long WithoutTheirs(DbConnection database, long campaignId, string rows, string expected) =>
        database.QuerySingle<long>(
            $"SELECT count(*) FROM signatures s LEFT JOIN ({rows}) r ON r.signature_id = s.id WHERE s.campaign_id = @campaignId AND coalesce(r.rows, 0) <> {expected}",
            new { campaignId }
        );

    /// <summary>
    /// Every confirmed signature is in the ledger or on its way there, and once; the ledger has no
    /// hole.
    /// </summary>
    private static void AssertLedger(DbConnection database, long campaignId)
    {
        Assert.Empty(
            database.Query(
                """
                SELECT s.id FROM signatures s
                LEFT JOIN (SELECT signature_id, n, count(*) AS rows FROM ledger_entries WHERE kind = 'add' GROUP BY 1, 2) e ON e.signature_id = s.id AND e.n = s.ledger_n
                LEFT JOIN (SELECT signature_id, count(*) AS rows FROM ledger_queue WHERE kind = 'add' GROUP BY 1) q ON q.signature_id = s.id
                WHERE s.campaign_id = @campaignId AND coalesce(e.rows, 0) + coalesce(q.rows, 0) <> CASE WHEN s.state = 'confirmed' AND s.hold_reason IS NULL THEN 1 ELSE 0 END
                """,
                new { campaignId }
            )
        );
        Assert.Equal(
            database.QuerySingle<long>(
                "SELECT count(*) FROM signatures WHERE campaign_id = @campaignId AND state = 'confirmed' AND hold_reason IS NULL",
                new { campaignId }
            ),
            database.QuerySingle<long>(
                """
                SELECT (SELECT count(*) FROM ledger_entries WHERE campaign_id = @campaignId AND kind = 'add') + (SELECT count(*) FROM ledger_queue WHERE campaign_id = @campaignId AND kind = 'add')
                """,
                new { campaignId }
            )
        );
        Assert.Empty(
            database.Query(
                "SELECT id FROM campaigns c WHERE ledger_size <> (SELECT count(*) FROM ledger_entries e WHERE e.campaign_id = c.id AND e.n < c.ledger_size)"
            )
        );
    }

    /// <summary>
    /// What staff are shown is what the rows say, for every country and every bucket.
    /// </summary>
    private static async Task AssertShownAsync(
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
        Assert.All(rows, row =>
            Assert.Equal(
                row.Value,
                (long)shown.Single(country => (string)country!["country"]! == row.Country)![row.Bucket]!
            )
        );
    }

    private async Task AssertLinksAsync(HttpClient http)
    {
        await Parallel.ForEachAsync(Confirmed.Values, _fewAtOnce, async (link, _) =>
        {
            using var answer = await http.PostAsJsonAsync(
                "/api/confirmations",
                new { token = link },
                CancellationToken.None
            );
            Assert.Equal(200, (int)answer.StatusCode);
        });
        await CampaignServer.UntilAsync(
            async () => (int)(await http.GetAsync("/healthz/ready")).StatusCode == 200,
            "the server is not ready again",
            30
        );
    }
}
