using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Campaigns.Db.Ledger;
using Campaigns.Tests.Running;

namespace Campaigns.Tests.Ledger;

/// <summary>A server as a process of its own, killed again and again while it seals.</summary>
public sealed class KilledSealerTests
{
    private const int Entries = 30 * LedgerSealer.Slice;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

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
            for (long size = 0; size < Entries; kills++)
            {
                await using var server = Serve(folder, url);
                using var patience = new CancellationTokenSource(_patience);
                // Let it get further than it was, then pull the plug at a moment of its own choosing.
                var enough = size + 1;
                while (size < Math.Min(enough, Entries))
                {
                    var head = await HeadAsync(server, http, patience.Token);
                    size = (long)head["size"]!;
                    var root = (string)head["root"]!;
                    Assert.True(!seen.TryGetValue(size, out var before) || before == root, $"The head of {size} changed.");
                    seen[size] = root;
                }
            }
            Assert.True(kills > 2, "It was hardly killed at all.");

            await using var last = Serve(folder, url);
            using var start = new CancellationTokenSource(_patience);
            await HeadAsync(last, http, start.Token);
            foreach (var (size, root) in seen)
                Assert.Equal(root, (string)(await http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{OneCampaign.Slug}/ledger/head?size={size}"))!["root"]!);
            var (code, output) = await Outside.RunAsync("check_ledger.py", url, OneCampaign.Slug);
            Assert.StartsWith($"All is true: {Entries} entries, {{'GB': {Entries}}}", output, StringComparison.Ordinal);
            Assert.Equal(0, code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task QueueAsync(string folder)
    {
        await using var house = await new OneCampaign(folder: folder).StartAsync();
        await house.QueueAsync(Entries);
    }

    private static CampaignProcess Serve(string folder, string url) => CampaignProcess.Begin(
        ["--urls", url, .. CampaignProcess.On(Path.Combine(folder, "data"), Path.Combine(folder, "keys")), "--Mail:Transport=folder", "--Logging:LogLevel:Default=Warning"]);

    /// <summary>Its newest head, once it has one.</summary>
    private static async Task<JsonObject> HeadAsync(CampaignProcess server, HttpClient http, CancellationToken patience)
    {
        while (true)
        {
            Assert.False(server.HasExited, $"The server ended by itself: {server.Output}{server.Errors}");
            try
            {
                return (await http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{OneCampaign.Slug}/ledger/head", patience))!;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
                await Task.Delay(20, patience);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
