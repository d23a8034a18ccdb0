using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Server;

/// <summary>Which endpoints scripts of other web sites may call.</summary>
public sealed class CorsTests : IAsyncLifetime
{
    private CampaignServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        await _server.OpenCampaignAsync("listed", body =>
            body["allowedOrigins"] = new JsonArray("https://Friend.example/", "HTTPS://other.example:8443")
        );
        await _server.OpenCampaignAsync("closed-in", body => body["allowedOrigins"] = new JsonArray());
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/api/campaigns")]
    [InlineData("/api/campaigns/listed")]
    [InlineData("/api/campaigns/listed/counts")]
    [InlineData("/api/campaigns/listed/ledger")]
    [InlineData("/api/campaigns/listed/ledger/head")]
    [InlineData("/api/campaigns/closed-in/counts")]
    [InlineData("/api/campaigns/nowhere")]
    [InlineData("/api/campaigns/listed/ledger/entries/0/proof")]
    [InlineData("/api/keys")]
    public async Task Public_reads_allow_any_origin(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", "https://any.example");
        Assert.Equal("*", Header(await _server.Http.SendAsync(request), "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("listed", "https://friend.example", true)]
    [InlineData("listed", "https://other.example:8443", true)]
    [InlineData("listed", "https://other.example", false)]
    [InlineData("listed", "http://friend.example", false)]
    [InlineData("listed", "https://friend.example.evil.example", false)]
    [InlineData("listed", "https://evil.example", false)]
    [InlineData("listed", "null", false)]
    [InlineData("closed-in", "https://friend.example", false)]
    [InlineData("nowhere", "https://friend.example", false)]
    public async Task Signing_allows_the_origins_that_the_campaign_lists(string slug, string origin, bool allowed)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, $"/api/campaigns/{slug}/signatures");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type");
        var asked = await _server.Http.SendAsync(preflight);
        Assert.Equal(allowed ? origin : null, Header(asked, "Access-Control-Allow-Origin"));
        Assert.Equal(allowed ? "POST" : null, Header(asked, "Access-Control-Allow-Methods"));

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/campaigns/{slug}/signatures")
        {
            Content = JsonContent.Create(CampaignServer.Signature("cors@example.org")),
        };
        request.Headers.Add("Origin", origin);
        Assert.Equal(
            allowed ? origin : null,
            Header(await _server.Http.SendAsync(request), "Access-Control-Allow-Origin")
        );
    }

    [Theory]
    [InlineData("POST", "/api/confirmations")]
    [InlineData("POST", "/api/campaigns/listed/manage-link")]
    [InlineData("GET", "/api/my/signature")]
    [InlineData("DELETE", "/api/my/signature")]
    [InlineData("GET", "/api/staff/campaigns")]
    [InlineData("POST", "/api/staff/campaigns")]
    public async Task All_other_endpoints_allow_no_other_origin(string method, string path)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
        preflight.Headers.Add("Origin", "https://friend.example");
        preflight.Headers.Add("Access-Control-Request-Method", method);
        Assert.Null(Header(await _server.Http.SendAsync(preflight), "Access-Control-Allow-Origin"));
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        request.Headers.Add("Origin", "https://friend.example");
        Assert.Null(Header(await _server.Http.SendAsync(request), "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Equal_answers_stay_equal_for_other_origins()
    {
        var seen = new List<string>();
        await _server.SignAndConfirmAsync("listed", CampaignServer.Signature("known@example.org"));
        foreach (var address in (string[])["known@example.org", "new@example.org"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/campaigns/listed/signatures")
            {
                Content = JsonContent.Create(CampaignServer.Signature(address)),
            };
            request.Headers.Add("Origin", "https://friend.example");
            seen.Add(await (await _server.Http.SendAsync(request)).SeenAsync());
        }
        Assert.Single(seen.Distinct());
        Assert.Contains("Access-Control-Allow-Origin: https://friend.example", seen[0], StringComparison.Ordinal);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
