using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Packets;
using Campaigns.Tests.Running;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>An organiser who orders packets of a cluster, and a verifier who believes nothing.</summary>
internal sealed class ClusterPackets(Cluster cluster, string folder, string staff)
{
    /// <summary>Orders a packet once the ledger has something to put in it; returns its id.</summary>
    public async Task<string> OrderAsync(string slug)
    {
        string? id = null;
        await CampaignServer.UntilAsync(
            async () =>
            {
                using var order = Request(HttpMethod.Post, $"/api/staff/campaigns/{slug}/packets");
                order.Content = JsonContent.Create(new { recipient = "embassy-oslo", disclosure = "initials", locale = "nb" });
                try
                {
                    var head = await cluster.Any.GetFromJsonAsync<JsonObject>($"/api/campaigns/{slug}/ledger/head");
                    if ((long)head!["size"]! < 20) return false;
                    using var answer = await cluster.Any.SendAsync(order);
                    if ((int)answer.StatusCode == 202) id = (string?)(await answer.BodyAsync())["id"];
                    return id is not null;
                }
                catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
                {
                    return false;
                }
            },
            "no packet can be ordered",
            120);
        return id!;
    }

    /// <summary>Kills the worker that builds a packet in the middle of it; another builds it once the lease has ended.</summary>
    public async Task KillBuilderAsync(string id)
    {
        (string Status, string? Owner) row;
        var deadline = DateTime.UtcNow.AddMinutes(2);
        while ((row = Find(id)).Status != PacketStatus.Building)
        {
            Assert.True(DateTime.UtcNow < deadline && row.Status == PacketStatus.Queued, $"the packet is {row.Status}, and nobody was seen to build it");
            await Task.Delay(5);
        }
        // The row names the machine and the process.
        var builder = cluster.Workers.Single(worker => row.Owner!.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{worker.Process.Id}"), StringComparison.Ordinal));
        await builder.KillAndBeginAsync(TimeSpan.Zero);
    }

    public Task ReadyAsync(string id) => CampaignServer.UntilAsync(() => Task.FromResult(Find(id).Status == PacketStatus.Ready), "the packet is not built", 200);

    /// <summary>What anybody can check of it is true.</summary>
    public async Task AssertTrueAsync(string id)
    {
        await ReadyAsync(id);
        var http = cluster.Apis[^1].Http;
        var (packet, keys, ledger) = (Path.Combine(folder, "packet.zip"), Path.Combine(folder, "keys.json"), Path.Combine(folder, "ledger.ndjson"));
        using var look = Request(HttpMethod.Get, $"/api/staff/packets/{id}");
        var slug = (string?)(await (await CampaignServer.Expect(200, await http.SendAsync(look))).BodyAsync())["campaign"];
        using var download = Request(HttpMethod.Get, $"/api/staff/packets/{id}/file");
        await File.WriteAllBytesAsync(packet, await (await CampaignServer.Expect(200, await http.SendAsync(download))).Content.ReadAsByteArrayAsync());
        await File.WriteAllBytesAsync(keys, await http.GetByteArrayAsync("/api/keys"));
        await File.WriteAllBytesAsync(ledger, await http.GetByteArrayAsync($"/api/campaigns/{slug}/ledger"));
        var (code, said, errors) = await CampaignProcess.RunAsync("verify", packet, "--keys", keys, "--ledger", ledger);
        Assert.True(code == 0, said + errors);
        foreach (var file in (string[])[packet, keys, ledger]) File.Delete(file);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", staff);
        return request;
    }

    private (string Status, string? Owner) Find(string id)
    {
        using var database = DatabaseUnderTest.Open(folder);
        return database.QuerySingle<(string, string?)>("SELECT status, lease_owner FROM packets WHERE id = @id", new { id = long.Parse(id, CultureInfo.InvariantCulture) });
    }
}
