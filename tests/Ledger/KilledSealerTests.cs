using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Campaigns.Db.Ledger;
using Dapper;

namespace Campaigns.Tests.Ledger;

/// <summary>A server as a process of its own, killed again and again while it seals.</summary>
public sealed class KilledSealerTests
{
    private const int Entries = 30 * LedgerSealer.Slice;

    [Fact]
    [Trait("Speed", "slow")]
    public async Task However_often_it_is_killed_every_entry_is_sealed_once_and_no_head_that_was_seen_changes()
    {
        var folder = Directory.CreateTempSubdirectory("killed-").FullName;
        try
        {
            await QueueAsync(folder);
            var url = $"http://127.0.0.1:{FreePort()}";
            using var http = new HttpClient { BaseAddress = new Uri(url) };
            var seen = new Dictionary<long, string>();
            var kills = 0;
            for (long size = 0; size < Entries;)
            {
                using var server = Start(folder, url);
                try
                {
                    // Let it get further than it was, then pull the plug at a moment of its own choosing.
                    var enough = size + 1;
                    while (size < Math.Min(enough, Entries))
                    {
                        if (server.HasExited) Assert.Fail($"The server ended by itself: {await server.StandardOutput.ReadToEndAsync()}{await server.StandardError.ReadToEndAsync()}");
                        if (await HeadAsync(http) is not { } head) continue;
                        size = (long)head["size"]!;
                        var root = (string)head["root"]!;
                        Assert.True(!seen.TryGetValue(size, out var before) || before == root, $"The head of {size} changed.");
                        seen[size] = root;
                    }
                }
                finally
                {
                    server.Kill();
                    await server.WaitForExitAsync();
                    kills++;
                }
            }
            Assert.True(kills > 2, "It was hardly killed at all.");

            using var last = Start(folder, url);
            try
            {
                while (await HeadAsync(http) is null) Assert.False(last.HasExited);
                foreach (var (size, root) in seen)
                    Assert.Equal(root, (string)(await http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{OneCampaign.Slug}/ledger/head?size={size}"))!["root"]!);
                var (code, output) = await Outside.RunAsync("check_ledger.py", url, OneCampaign.Slug);
                Assert.StartsWith($"All is true: {Entries} entries, {{'GB': {Entries}}}", output, StringComparison.Ordinal);
                Assert.Equal(0, code);
            }
            finally
            {
                last.Kill();
                await last.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task QueueAsync(string folder)
    {
        await using var house = await new OneCampaign(folder: folder).StartAsync();
        await house.Database.Writes.RunAsync(write => write.Connection.Execute(
            """
            WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < @Entries)
            INSERT INTO ledger_queue (id, campaign_id, kind, signature_id, country, commitment, text_hash, queued_at)
            SELECT i, @Id, 'add', i, 'GB', randomblob(32), 'x', 0 FROM numbers
            """,
            new { Entries, house.Campaign.Id }));
    }

    private static Process Start(string folder, string url) => Process.Start(new ProcessStartInfo("dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "Campaigns.Api.dll"), "--urls", url, $"--Data:Directory={Path.Combine(folder, "data")}",
        $"--Keys:Directory={Path.Combine(folder, "keys")}", "--Mail:Transport=folder", "--Logging:LogLevel:Default=Warning",
    ])
    { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static async Task<JsonObject?> HeadAsync(HttpClient http)
    {
        try
        {
            return await http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{OneCampaign.Slug}/ledger/head");
        }
        catch (HttpRequestException)
        {
            // Not up yet.
            await Task.Delay(20);
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
