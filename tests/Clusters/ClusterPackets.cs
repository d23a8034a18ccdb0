using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// A member who orders packets from a cluster and verifies them, and a second one who approves
/// them.
/// </summary>
internal sealed class ClusterPackets(Cluster cluster, string folder, string staff, string second)
{
    private int _orders;

    private const string EndLease = "UPDATE packets SET lease_until = lease_until - 120000 WHERE id = @id";

    /// <summary>
    /// Orders a packet unlike those before, once the ledger has an entry for it; returns its id.
    /// </summary>
    public async Task<string> OrderAsync(string slug)
    {
        var variant = _orders++;
        string? id = null;
        await CampaignServer.UntilAsync(
            async () =>
            {
                using var order = Request(HttpMethod.Post, $"/api/staff/campaigns/{slug}/packets");
                order.Content = JsonContent.Create(
                    new
                    {
                        recipient = "embassy-oslo",
                        disclosure = variant < 3 ? "initials" : "name",
                        locale = Locales.Supported[variant % 3],
                    }
                );
                try
                {
                    var head = await cluster.Any.GetFromJsonAsync<JsonObject>($"/api/campaigns/{slug}/ledger/head");
                    if ((long)head!["size"]! < 20)
                        return false;
                    using var answer = await cluster.Any.SendAsync(order);
                    if ((int)answer.StatusCode == 202)
                        id = (string?)(await answer.BodyAsync())["id"];
                    if (id is null)
                        return false;
                    using var approval = Request(HttpMethod.Post, $"/api/staff/packets/{id}/approve", second);
                    using var approved = await cluster.Any.SendAsync(approval);
                    // 409: the answer to an earlier approval was lost.
                    return (int)approved.StatusCode is 204 or 409;
                }
                catch (Exception error)
                    when (error is HttpRequestException or OperationCanceledException or IOException)
                {
                    return false;
                }
            },
            "no packet can be ordered",
            120
        );
        return id!;
    }

    /// <summary>
    /// Orders a packet and kills the worker that builds it, when the file is complete and its row
    /// is about to be marked ready. Another worker builds it after the lease has ended. Returns the
    /// packet's id.
    /// </summary>
    public async Task<string> KillBuilderAsync(string slug)
    {
        await using var hold = HoldPublishing();
        var id = await OrderAsync(slug);
        var (builder, _) = await BuilderAsync(hold, id);
        await builder.Process.KillAsync();
        await hold.DisposeAsync();
        await builder.RestartAfterKillAsync();
        return id;
    }

    /// <summary>
    /// Orders a packet and pauses the worker that builds it, at the same place, until another
    /// worker has built it. The paused worker then goes on with the attempt it has lost. Returns
    /// the packet's id.
    /// </summary>
    public async Task<string> PauseBuilderAsync(string slug)
    {
        string id;
        Cluster.ClusterNode builder;
        int lost;
        await using (var hold = HoldPublishing())
        {
            id = await OrderAsync(slug);
            (builder, lost) = await BuilderAsync(hold, id);
            builder.Process.Pause();
        }
        try
        {
            // The lease ends at once. PostgreSQL ends the open transaction of the paused worker within ten seconds.
            using (var database = DatabaseUnderTest.Open(folder))
                Assert.Equal(1, database.Execute(EndLease, Id(id)));
            await ReadyAsync(id);
            Assert.Equal(lost + 1, Find(id).Attempt);
        }
        finally
        {
            builder.Process.Continue();
        }
        return id;
    }

    /// <summary>
    /// The packet is ready, was built by a later attempt than the interrupted one, and verifies.
    /// </summary>
    public async Task AssertBuiltAgainAsync(string id)
    {
        await AssertTrueAsync(id);
        Assert.Equal(PacketStatus.Ready, Find(id).Status);
        Assert.InRange(Find(id).Attempt, 2, int.MaxValue);
    }

    public Task ReadyAsync(string id) =>
        CampaignServer.UntilAsync(() => Find(id).Status == PacketStatus.Ready, "the packet is not built", 200);

    /// <summary>The packet passes every public check.</summary>
    public async Task AssertTrueAsync(string id)
    {
        await ReadyAsync(id);
        var http = cluster.Apis[^1].Http;
        var (packet, keys, ledger) = (
            Path.Combine(folder, "packet.zip"),
            Path.Combine(folder, "keys.json"),
            Path.Combine(folder, "ledger.ndjson")
        );
        using var request = Request(HttpMethod.Get, $"/api/staff/packets/{id}");
        var slug = (string?)
            (await (await CampaignServer.Expect(200, await http.SendAsync(request))).BodyAsync())["campaign"];
        using var download = Request(HttpMethod.Get, $"/api/staff/packets/{id}/file");
        await File.WriteAllBytesAsync(
            packet,
            await (await CampaignServer.Expect(200, await http.SendAsync(download))).Content.ReadAsByteArrayAsync()
        );
        await File.WriteAllBytesAsync(keys, await http.GetByteArrayAsync("/api/keys"));
        await File.WriteAllBytesAsync(ledger, await http.GetByteArrayAsync($"/api/campaigns/{slug}/ledger"));
        var (code, said, errors) = await CampaignProcess.RunAsync("verify", packet, "--keys", keys, "--ledger", ledger);
        Assert.True(code == 0, said + errors);
        foreach (var file in (string[])[packet, keys, ledger])
            File.Delete(file);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? token = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? staff);
        return request;
    }

    // Only packets that are ordered from now on: an earlier one may be rebuilt at the same time. Every attempt of
    // theirs, because a first one may fail by another fault of the cluster.
    private StatementHold HoldPublishing()
    {
        using var database = DatabaseUnderTest.Open(folder);
        var last = database.QuerySingle<long>("SELECT COALESCE(max(id), 0) FROM packets");
        return StatementHold.On(
            folder,
            "packets",
            "UPDATE",
            $"NEW.status = '{PacketStatus.Ready}' AND NEW.id > {last.ToString(CultureInfo.InvariantCulture)}"
        );
    }

    /// <summary>
    /// Waits until a worker is about to mark the packet ready; returns it and its attempt.
    /// </summary>
    private async Task<(Cluster.ClusterNode Worker, int Attempt)> BuilderAsync(StatementHold hold, string id)
    {
        var name = await hold.ReachedAsync("no worker builds the packet");
        var (status, attempt) = Find(id);
        Assert.Equal(PacketStatus.Building, status);
        return (cluster.Workers.Single(worker => worker.Name == name), attempt);
    }

    private (string Status, int Attempt) Find(string id)
    {
        using var database = DatabaseUnderTest.Open(folder);
        return database.QuerySingle<(string, int)>("SELECT status, attempt FROM packets WHERE id = @id", Id(id));
    }

    private static object Id(string id) => new { id = long.Parse(id, CultureInfo.InvariantCulture) };
}
