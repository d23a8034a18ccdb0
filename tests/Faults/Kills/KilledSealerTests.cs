using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Ledger;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Faults.Kills;

/// <summary>
/// A server in a separate process, killed repeatedly while it seals: in the middle of a batch, and
/// at random moments.
/// </summary>
public sealed class KilledSealerTests
{
    private const int Entries = 30 * LedgerSealer.Slice;

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Repeatedly_killed_sealer_seals_each_entry_once_and_changes_no_head()
    {
        var folder = Directory.CreateTempSubdirectory("killed-").FullName;
        try
        {
            await QueueAsync(folder);
            var url = $"http://127.0.0.1:{TestPorts.Next()}";
            using var http = new HttpClient { BaseAddress = new Uri(url) };
            var seen = new Dictionary<long, string>();
            var size = 0L;
            for (var slice = 3; slice < Entries / LedgerSealer.Slice; slice += 6)
            {
                var place = (slice * LedgerSealer.Slice) + (100 * slice / 3);
                await using var hold = StatementHold.On(
                    Path.Combine(folder, "data"),
                    "ledger_entries",
                    "INSERT",
                    $"NEW.n = {place}"
                );
                // The server seals further than before, but cannot pass the blocked statement.
                await using (var server = Serve(folder, url))
                {
                    await ReachAsync(server, size + 1);
                    await server.KillAsync();
                }
                await using (var server = Serve(folder, url))
                {
                    await hold.ReachedAsync("the batch is not sealed");
                    await ReachAsync(server, size);
                    Assert.InRange(size, 1, place);
                    await server.KillAsync();
                }
            }

            await using var last = Serve(folder, url);
            await ReachAsync(last, Entries);
            foreach (var (at, root) in seen)
            {
                var head = $"/api/campaigns/{CampaignFixture.Slug}/ledger/head?size={at}";
                Assert.Equal(root, (string)(await http.GetFromJsonAsync<JsonObject>(head))!["root"]!);
            }
            var (code, output) = await PythonChecker.RunAsync("check_ledger.py", url, CampaignFixture.Slug);
            Assert.StartsWith($"All is true: {Entries} entries, {{'GB': {Entries}}}", output, StringComparison.Ordinal);
            Assert.Equal(0, code);

            async Task ReachAsync(CampaignProcess server, long enough)
            {
                using var patience = new CancellationTokenSource(_timeout);
                do
                {
                    var head = await HeadAsync(server, http, patience.Token);
                    size = (long)head["size"]!;
                    var root = (string)head["root"]!;
                    Assert.True(
                        !seen.TryGetValue(size, out var before) || before == root,
                        $"The head of {size} changed."
                    );
                    seen[size] = root;
                } while (size < enough);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task QueueAsync(string folder)
    {
        await using var fixture = await new CampaignFixture(folder: folder).StartAsync();
        await fixture.QueueAsync(Entries);
    }

    private static CampaignProcess Serve(string folder, string url) =>
        CampaignProcess.Begin([
            "--urls",
            url,
            .. CampaignProcess.On(Path.Combine(folder, "data"), Path.Combine(folder, "keys")),
            "--Mail:Transport=folder",
            "--Logging:LogLevel:Default=Warning",
        ]);

    /// <summary>Returns its newest head, once it has one.</summary>
    private static async Task<JsonObject> HeadAsync(CampaignProcess server, HttpClient http, CancellationToken patience)
    {
        while (true)
        {
            Assert.False(server.HasExited, $"The server ended by itself: {server.Output}{server.Errors}");
            try
            {
                return (
                    await http.GetFromJsonAsync<JsonObject>(
                        $"/api/campaigns/{CampaignFixture.Slug}/ledger/head",
                        patience
                    )
                )!;
            }
            catch (HttpRequestException)
            {
                // The server does not answer yet.
                await Task.Delay(20, patience);
            }
        }
    }
}
