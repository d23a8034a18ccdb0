using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Xunit.Abstractions;

namespace Campaigns.Tests.Faults.Kills;

/// <summary>
/// Power cuts: everything acknowledged is stored once afterwards, also when people sign again
/// because they got no answer.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    internal const string Signing = $"/api/campaigns/{Slug}/signatures";

    internal const string Counts = $"/api/campaigns/{Slug}/counts";

    internal const string Slug = "chechnya-2019";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Three_kills_lose_nothing_acknowledged() => KillAsync(3);

    [Fact]
    [Trait("Speed", "slow")]
    public Task Fifty_kills_lose_nothing_acknowledged() => KillAsync(50);

    private async Task KillAsync(int rounds)
    {
        var seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var token = await StaffAsync(_folder);
        var acknowledged = new AcknowledgedSignatures();
        var load = SigningLoad.Of(_folder, acknowledged, Slug, repeats: true);
        for (var round = 0; round < rounds; round++)
        {
            await using var server = await CampaignProcess.ServeAsync(_folder, "--Limits:Enabled=false");
            if (round == 0)
                await OpenAsync(server.Http, token);
            using var stop = new CancellationTokenSource();
            var people = load.RunAsync(server.Http, 8, 4, stop.Token);
            var signed = acknowledged.People.Count + random.Next(5, 100);
            var confirmed = acknowledged.Confirmed.Count + random.Next(1, 40);
            await CampaignServer.UntilAsync(
                () => acknowledged.People.Count >= signed && acknowledged.Confirmed.Count >= confirmed,
                "no more people sign and confirm"
            );
            await Task.Delay(random.Next(50), CancellationToken.None);
            await server.KillAsync();
            await stop.CancelAsync();
            await people;
        }
        await using var last = await CampaignProcess.ServeAsync(_folder, "--Limits:Enabled=false");
        // Signers whom a kill left without an answer sign again, and so do some who got an answer.
        await load.RunUntilAsync(
            last.Http,
            () =>
                acknowledged.Asked.Values.All(asked =>
                    asked[^1].Answered || asked.Count == SigningLoad.MaxSigningsPerAddress
                ) && acknowledged.Asked.Values.Any(asked => asked.Count(one => one.Answered) > 1),
            "not all sign again"
        );
        if (rounds > 10)
            Assert.Contains(acknowledged.Asked.Values, asked =>
                asked.Exists(one => !one.Answered) && asked[^1].Answered
            );
        Assert.Empty(load.Unexpected);
        await acknowledged.AssertNothingLostAsync(_folder, last.Http, token, Slug);
    }

    /// <summary>
    /// Returns the token of an administrator of the installation in that folder; adds one if there
    /// is none.
    /// </summary>
    internal static async Task<string> StaffAsync(string folder) =>
        (
            await CampaignProcess.RunAsync([
                "staff",
                "add",
                "Test",
                "--role",
                "administrator",
                .. CampaignProcess.On(folder),
            ])
        ).Output.Trim();

    internal static async Task OpenAsync(HttpClient http, string token, string slug = Slug, bool sensitive = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/staff/campaigns")
        {
            Content = JsonContent.Create(Body(slug, sensitive)),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await CampaignServer.Expect(201, await http.SendAsync(request));
        using var open = new HttpRequestMessage(HttpMethod.Post, $"/api/staff/campaigns/{slug}/open");
        open.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await CampaignServer.Expect(204, await http.SendAsync(open));
    }

    private static JsonObject Body(string slug, bool sensitive)
    {
        var body = Example.Campaign();
        (body["slug"], body["sensitive"]) = (slug, sensitive);
        foreach (var date in (string[])["opensAt", "closesAt", "handOverOn", "eraseAfterDays"])
            body[date] = null;
        return body;
    }
}
