using System.Data.Common;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Tests.Faults;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// What must be true of a cluster after the load has ended, besides what
/// <see cref="AcknowledgedSignatures"/> checks on every server.
/// </summary>
internal static class ClusterChecks
{
    private const int FewOfThem = 200;

    /// <summary>
    /// Records in a table of the test every update of a letter that leaves the queue or has left
    /// it.
    /// </summary>
    public static void CountMarks(string folder)
    {
        using var database = DatabaseUnderTest.Open(folder);
        database.Execute(
            """
            CREATE TABLE marks (id bigint NOT NULL);
            CREATE FUNCTION note_mark() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO marks VALUES (NEW.id); RETURN NEW; END $$;
            CREATE TRIGGER note_mark AFTER UPDATE ON letters FOR EACH ROW
                WHEN (OLD.state <> 'queued' OR NEW.state <> 'queued') EXECUTE FUNCTION note_mark();
            """
        );
    }

    /// <summary>
    /// Each letter was marked once; no letter that was marked as sent is missing; no letter was
    /// sent more often than it was claimed.
    /// </summary>
    public static void AssertMarkedOnce(DbConnection database, MailWatcher letters)
    {
        Assert.Empty(database.Query<long>("SELECT id FROM marks GROUP BY id HAVING count(*) > 1"));
        var arrived = letters.Ids;
        Assert.DoesNotContain(database.Query<long>("SELECT id FROM letters WHERE state = 'sent'"), id =>
            !arrived.Contains(id)
        );
        foreach (var (id, times) in letters.Again)
        {
            const string SelectAttempts = "SELECT attempt FROM letters WHERE id = @id";
            var attempts = database.QuerySingleOrDefault<int?>(SelectAttempts, new { id });
            // Erasure deletes the letters of its signer, and only the withdrawing signers erase.
            if (attempts is { } most)
                Assert.InRange(times, 1, most);
            else
                Assert.StartsWith(
                    WithdrawingSigners.Person,
                    letters.RecipientOf(id),
                    StringComparison.OrdinalIgnoreCase
                );
        }
        Assert.Equal(
            0,
            database.QuerySingle<long>("SELECT count(*) FROM letters WHERE state NOT IN ('sent', 'cancelled')")
        );
    }

    /// <summary>Waits until every entry is sealed and every head is served.</summary>
    public static Task SealedAsync(string folder) =>
        CampaignServer.UntilAsync(
            () =>
            {
                using var database = DatabaseUnderTest.Open(folder);
                return Task.FromResult(
                    database.QuerySingle<long>(
                        """
                        SELECT (SELECT count(*) FROM ledger_queue)
                            + (SELECT count(*) FROM ledger_heads WHERE journaled = 0)
                        """
                    ) == 0
                );
            },
            "the ledger is not sealed"
        );

    /// <summary>
    /// Every API serves the same head and counts, and they match the rows and the published lines.
    /// </summary>
    public static async Task AssertAgreedAsync(Cluster cluster, string folder, string slug)
    {
        // The product guarantees half a second. A busy machine needs more.
        var said = new HashSet<(string Head, string Counts)>();
        await CampaignServer.UntilAsync(
            async () =>
            {
                said = [.. await Task.WhenAll(cluster.Apis.Select(api => SaidAsync(api.Http, slug)))];
                return said.Count == 1;
            },
            $"the APIs disagree on {slug}",
            5
        );
        var (head, counts) = (JsonNode.Parse(said.Single().Head)!, JsonNode.Parse(said.Single().Counts)!);
        using var database = DatabaseUnderTest.Open(folder);
        var (adds, removes, standing) = database.QuerySingle<(long, long, long)>(
            """
            SELECT (SELECT count(*) FROM ledger_entries WHERE campaign_id = c.id AND kind = 'add'),
                   (SELECT count(*) FROM ledger_entries WHERE campaign_id = c.id AND kind = 'remove'),
                   (SELECT count(*) FROM signatures s
                    JOIN ledger_entries e ON e.campaign_id = s.campaign_id AND e.n = s.ledger_n
                        AND e.signature_id = s.id AND e.kind = 'add' AND e.removed = 0
                    WHERE s.campaign_id = c.id AND s.state = 'confirmed')
            FROM campaigns c WHERE slug = @slug
            """,
            new { slug }
        );
        var confirmed = database.QuerySingle<long>(
            """
            SELECT count(*) FROM signatures s JOIN campaigns c ON c.id = s.campaign_id
            WHERE c.slug = @slug AND s.state = 'confirmed'
            """,
            new { slug }
        );
        Assert.Equal(
            0,
            database.QuerySingle<long>(
                """
                SELECT count(*)
                FROM (SELECT 1 FROM ledger_entries WHERE kind = 'add' AND signature_id IS NOT NULL
                    GROUP BY signature_id HAVING count(*) > 1) AS twice
                """
            )
        );
        Assert.Equal((confirmed, confirmed, adds + removes), (adds - removes, standing, (long)head["size"]!));
        Assert.Equal(confirmed, (long)counts["confirmed"]!);
        // A Python program recomputes root, signature, numbering and totals from the published data.
        var (code, output) = await PythonChecker.RunAsync(
            "check_ledger.py",
            cluster.Apis[0].Http.BaseAddress!.ToString(),
            slug
        );
        Assert.True(code == 0, output);
        Assert.StartsWith($"All is true: {adds + removes} entries", output, StringComparison.Ordinal);
    }

    /// <summary>A worker that starts recounts the rows and finds no drift.</summary>
    public static async Task AssertRecountedAsync(Cluster cluster, string folder)
    {
        using var database = DatabaseUnderTest.Open(folder);
        var before = database.QuerySingle<long>("SELECT coalesce(max(recounted_at), 0) FROM recounts");
        await cluster.Workers[0].RestartAsync();
        await CampaignServer.UntilAsync(
            () =>
                Task.FromResult(
                    database.QuerySingle<long>(
                        """
                        SELECT count(*) FROM campaigns c
                        LEFT JOIN recounts r ON r.campaign_id = c.id AND r.recounted_at > @before
                        WHERE r.campaign_id IS NULL
                        """,
                        new { before }
                    ) == 0
                ),
            "no worker recounts"
        );
        Assert.Equal(0, database.QuerySingle<long>("SELECT sum(drift) FROM recounts"));
        Assert.DoesNotContain(cluster.Said, said => said.Contains("differ from its rows", StringComparison.Ordinal));
    }

    /// <summary>No output and no file except letters contains a typed word or a link.</summary>
    public static void AssertNothingPersonal(
        Cluster cluster,
        PostgresServer server,
        string folder,
        string staff,
        AcknowledgedSignatures acknowledged
    )
    {
        var canaries = new Canaries();
        foreach (var word in (string[])["Nordmann", "person-1", "leaver-1", "1@example.org"])
            canaries.Word(word);
        canaries.Token("the token of staff", staff);
        foreach (var (address, link) in acknowledged.Confirmed.Take(FewOfThem))
            canaries.Token($"the link of {address}", link);
        Assert.Empty(canaries.FindIn(folder));
        foreach (var said in cluster.Said.Append(File.ReadAllText(server.Log)))
            Assert.Empty(canaries.FindIn("what was said", Encoding.UTF8.GetBytes(said)));
    }

    private static async Task<(string Head, string Counts)> SaidAsync(HttpClient http, string slug)
    {
        var counts = (await http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{slug}/counts"))!;
        // `asOf` differs between APIs.
        counts.Remove("asOf");
        return (await http.GetStringAsync($"/api/campaigns/{slug}/ledger/head"), counts.ToJsonString());
    }
}
