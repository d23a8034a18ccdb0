using System.Collections.Concurrent;
using System.Data.Common;
using System.Net.Http.Json;
using Campaigns.Db;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// What a server acknowledged over HTTP, and the assertions after every crash and fault: nothing
/// acknowledged is lost, nothing is stored twice, and all counts match the rows.
/// </summary>
public sealed class AcknowledgedSignatures
{
    // The letters that answer a signing.
    private const string SignaturesWithLetters = """
        SELECT blind_index, state, country, coalesce(l.letters, 0) FROM signatures s
        LEFT JOIN (SELECT signature_id, count(*) AS letters FROM letters WHERE kind <> 'manage' GROUP BY 1) l
            ON l.signature_id = s.id
        WHERE campaign_id = @campaignId
        """;

    private static readonly ParallelOptions _fewAtOnce = new() { MaxDegreeOfParallelism = 8 };

    /// <summary>Address to the country of its last signing that was answered with 202.</summary>
    public ConcurrentDictionary<string, string> People { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Address to every signing that was answered with 202 or may have been written although no
    /// answer came, in order. The signings of an address never overlap.
    /// </summary>
    public ConcurrentDictionary<string, List<(string Country, bool Answered)>> Asked { get; } =
        new(StringComparer.Ordinal);

    /// <summary>Address to the link that was answered with 200.</summary>
    public ConcurrentDictionary<string, string> Confirmed { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a paused server may execute a request long after the client gave up and signed again
    /// through another server.
    /// </summary>
    public bool AllowsLateWrites { get; init; }

    public void Note(string address, string country, bool answered)
    {
        Asked.GetOrAdd(address, _ => []).Add((country, answered));
        if (answered)
            People[address] = country;
    }

    /// <summary>
    /// Compares the data folder of a running server with what it acknowledged. The campaign must
    /// have no withdrawn signatures, and all letters must be sent. <paramref name="staff"/> is the
    /// token of an administrator.
    /// </summary>
    public async Task AssertNothingLostAsync(string folder, HttpClient http, string staff, string slug)
    {
        await WaitForMailAsync(folder);
        await AssertNewestLinksAsync(folder, http);
        await WaitForMailAsync(folder);
        using (var database = DatabaseUnderTest.Open(folder))
        {
            var campaignId = database.QuerySingle<long>("SELECT id FROM campaigns WHERE slug = @slug", new { slug });
            await AssertPeopleAsync(database, folder, campaignId);
            StoredSignatures.AssertCounted(database);
            StoredSignatures.AssertLetters(database, campaignId);
            StoredSignatures.AssertLedger(database, campaignId);
            TestSql.AssertIntact(database);
            await StoredSignatures.AssertStaffCountsAsync(database, campaignId, http, staff, slug);
        }
        await AssertLinksAsync(http);
    }

    /// <summary>
    /// Looks up each address as the product does. A count would not notice that one signature
    /// replaced another.
    /// </summary>
    private async Task AssertPeopleAsync(DbConnection database, string folder, long campaignId)
    {
        var rows = (
            await database.QueryAsync<(byte[] Index, string State, string Country, long Letters)>(
                SignaturesWithLetters,
                new { campaignId }
            )
        ).ToDictionary(row => Convert.ToHexString(row.Index));
        await using var other = Database.Open(
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
                AssertSignings(asked, row.Value.State, row.Value.Country, row.Value.Letters);
            else
                Assert.Equal(country, row.Value.Country);
        }
        foreach (var address in Confirmed.Keys)
            Assert.Equal("confirmed", Find(address)?.State);
        // No address has two rows: no row is left over.
        Assert.Equal(rows.Count, People.Keys.Union(Asked.Keys).Count(address => Find(address) is not null));

        (string State, string Country, long Letters)? Find(string address) =>
            rows.TryGetValue(Convert.ToHexString(other.Keys.BlindIndex.Compute(campaignId, address)), out var row)
                ? (row.State, row.Country, row.Letters)
                : null;
    }

    /// <summary>
    /// There is a letter for each answered signing, and at most one for each unanswered one. The
    /// newest signing counts, until it is confirmed.
    /// </summary>
    private void AssertSignings(List<(string Country, bool Answered)> asked, string state, string country, long letters)
    {
        Assert.InRange(letters, asked.Count(one => one.Answered), asked.Count);
        var candidates =
            state == "pending" && !AllowsLateWrites ? asked.Skip(asked.FindLastIndex(one => one.Answered)) : asked;
        Assert.Contains(country, candidates.Select(one => one.Country));
    }

    /// <summary>
    /// If an address has several links, only the newest is valid, before and after it is used.
    /// </summary>
    private async Task AssertNewestLinksAsync(string folder, HttpClient http)
    {
        var links = new TestMailbox(Path.Combine(folder, "mail"))
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
                Assert.Equal(404, await ConfirmAsync(older));
            Assert.Equal(200, await ConfirmAsync(several.Last()));
            foreach (var older in several.SkipLast(1))
                Assert.Equal(404, await ConfirmAsync(older));
            Confirmed[several.Key] = several.Last();
        });

        async Task<int> ConfirmAsync(string link)
        {
            using var answer = await http.PostAsJsonAsync("/api/confirmations", new { token = link });
            return (int)answer.StatusCode;
        }
    }

    private static Task WaitForMailAsync(string folder) =>
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
