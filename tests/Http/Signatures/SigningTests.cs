using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

public sealed class SigningTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Signature_is_mailed_confirmed_and_counted()
    {
        var manage = await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("kari@example.org"));

        var counts = await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts");
        Assert.Equal(1, counts["confirmed"]!.GetValue<int>());
        Assert.Equal("NO", counts["countries"]![0]!["country"]!.GetValue<string>());
        using var mine = _server.WithBearer(manage);
        var stored = (await mine.GetFromJsonAsync<JsonObject>("/api/my/signature"))!;
        Assert.Equal("Kari Nordmann", stored["name"]!.GetValue<string>());
        Assert.Equal("confirmed", stored["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task New_repeated_and_confirmed_addresses_get_the_same_bytes_and_headers()
    {
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("confirmed@example.org"));
        await _server.SignAsync(_slug, CampaignServer.Signature("pending@example.org"));

        var answers = new List<string>();
        foreach (var address in (string[])["new@example.org", "pending@example.org", "confirmed@example.org"])
        {
            var answer = await _server.Http.PostAsJsonAsync(
                $"/api/campaigns/{_slug}/signatures",
                CampaignServer.Signature(address)
            );
            answer.Headers.Date = null;
            var body = await answer.Content.ReadAsStringAsync();
            answers.Add($"{(int)answer.StatusCode}\n{answer.Headers}{answer.Content.Headers}{body}");
        }
        Assert.StartsWith("202", answers[0], StringComparison.Ordinal);
        Assert.Single(answers.Distinct());
    }
}
