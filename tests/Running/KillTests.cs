using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;

namespace Campaigns.Tests.Running;

/// <summary>Power cuts: whatever was acknowledged is there afterwards, and once.</summary>
public sealed class KillTests : IDisposable
{
    internal const string Signing = $"/api/campaigns/{Slug}/signatures";

    internal const string Counts = $"/api/campaigns/{Slug}/counts";

    private const string Slug = "chechnya-2019";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Killed_three_times_nothing_acknowledged_is_lost() => KillAsync(3);

    [Fact]
    [Trait("Speed", "slow")]
    public Task Killed_fifty_times_nothing_acknowledged_is_lost() => KillAsync(50);

    private async Task KillAsync(int rounds)
    {
        var token = (await CampaignProcess.RunAsync(["staff", "add", "Kill", "--role", "administrator", .. CampaignProcess.On(_folder)])).Output.Trim();
        var signed = new ConcurrentDictionary<string, bool>();
        var confirmed = new ConcurrentDictionary<string, bool>();
        var opened = false;
        for (var round = 0; round < rounds; round++)
        {
            await using var server = await CampaignProcess.ServeAsync(_folder, "--Limits:Enabled=false");
            if (!opened) await OpenAsync(server.Http, token);
            opened = true;
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 8).Select(lane => SignAsync(server.Http, $"{round}-{lane}", signed, stop.Token))
                .Append(ConfirmAsync(server.Http, confirmed, stop.Token)).ToList();
            await Task.Delay(TimeSpan.FromMilliseconds(1500 + Random.Shared.Next(1500)), CancellationToken.None);
            await server.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }
        Assert.NotEmpty(signed);
        Assert.NotEmpty(confirmed);

        await using (var server = await CampaignProcess.ServeAsync(_folder, "--Limits:Enabled=false"))
        {
            // Every signature gets its letter in the end, and every link opens what it should.
            var addresses = signed.Keys.ToHashSet(StringComparer.Ordinal);
            var read = new HashSet<string>(StringComparer.Ordinal);
            var got = new HashSet<string>(StringComparer.Ordinal);
            // A letter whose sender died waits for its lease.
            await CampaignServer.UntilAsync(
                () =>
                {
                    foreach (var letter in new Mailbox(Path.Combine(_folder, "mail")).Unread(read)) got.Add(letter.To);
                    return Task.FromResult(addresses.IsSubsetOf(got));
                },
                "a signature has no letter",
                120);
            server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var counts = (await server.Http.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{Slug}/counts"))!;
            using var database = CampaignProcess.Open(_folder);
            long Ask(string sql) => database.QuerySingle<long>(sql);
            foreach (var bucket in (string[])["pending", "confirmed"])
                Assert.Equal(Ask($"SELECT count(*) FROM signatures WHERE state = '{bucket}'"), counts["countries"]!.AsArray().Sum(country => (long)country![bucket]!));
            Assert.InRange(Ask("SELECT count(*) FROM signatures"), signed.Count, long.MaxValue);
            Assert.Equal(Ask("SELECT count(*) FROM signatures"), Ask("SELECT count(DISTINCT blind_index) FROM signatures"));
            Assert.Equal(0, Ask("SELECT count(*) FROM signatures s WHERE (SELECT count(*) FROM letters l WHERE l.signature_id = s.id AND l.kind = 'confirm') <> 1"));
            Assert.Equal(0, Ask("SELECT count(*) FROM signatures s WHERE s.state = 'confirmed' AND (SELECT count(*) FROM letters l WHERE l.signature_id = s.id AND l.kind = 'manage') <> 1"));
            Assert.Equal(Ask("SELECT count(*) FROM signatures WHERE state = 'confirmed'"), Ask("SELECT (SELECT count(*) FROM ledger_entries WHERE kind = 'add') + (SELECT count(*) FROM ledger_queue WHERE kind = 'add')"));
            Assert.Equal("ok", database.QuerySingle<string>("PRAGMA integrity_check"));
            foreach (var link in confirmed.Keys)
                Assert.Equal(200, (int)(await server.Http.PostAsJsonAsync("/api/confirmations", new { token = link })).StatusCode);
            Assert.Equal(200, (int)(await server.Http.GetAsync("/healthz/ready")).StatusCode);
        }
    }

    internal static async Task OpenAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/staff/campaigns") { Content = JsonContent.Create(Body()) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await CampaignServer.Expect(201, await http.SendAsync(request));
        using var open = new HttpRequestMessage(HttpMethod.Post, $"/api/staff/campaigns/{Slug}/open");
        open.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await CampaignServer.Expect(204, await http.SendAsync(open));
    }

    private static JsonObject Body()
    {
        var body = Example.Campaign();
        foreach (var date in (string[])["opensAt", "closesAt", "handOverOn"]) body[date] = null;
        return body;
    }

    private static async Task SignAsync(HttpClient http, string lane, ConcurrentDictionary<string, bool> signed, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var address = $"k{lane}-{i}@example.org";
            try
            {
                var answer = await http.PostAsJsonAsync(Signing, CampaignServer.Signature(address), stop);
                if ((int)answer.StatusCode == 202) signed[address] = true;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
            {
                return;
            }
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private async Task ConfirmAsync(HttpClient http, ConcurrentDictionary<string, bool> confirmed, CancellationToken stop)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                foreach (var letter in new Mailbox(Path.Combine(_folder, "mail")).Unread(read).Where(letter => letter.Text.Contains("/confirm/", StringComparison.Ordinal)))
                {
                    var link = letter.Token("/confirm/");
                    if ((int)(await http.PostAsJsonAsync("/api/confirmations", new { token = link }, stop)).StatusCode == 200) confirmed[link] = true;
                }
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
            {
                return;
            }
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
