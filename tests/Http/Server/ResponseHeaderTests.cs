using System.Net;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Server;

/// <summary>Headers that every response has.</summary>
public sealed class ResponseHeaderTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/api/campaigns", 200)]
    [InlineData("/api/campaigns/nowhere", 404)]
    [InlineData("/api/nonsense", 404)]
    [InlineData("/api/confirmations", 405)]
    [InlineData("/api/my/signature", 401)]
    [InlineData("/api/staff/campaigns", 401)]
    [InlineData("/api/keys", 200)]
    [InlineData("/openapi/v1.json", 200)]
    [InlineData("/healthz/live", 200)]
    [InlineData("/docs", 200)]
    [InlineData("/", 200)]
    [InlineData("/no-such-page", 404)]
    public async Task Responses_forbid_guessing_the_media_type(string path, int status)
    {
        var answer = await CampaignServer.Expect(status, await shared.Http.GetAsync(path));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Document_is_generated_once_and_sent_once()
    {
        var documents = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => shared.Http.GetAsync("/openapi/v1.json"))
        );
        var tag = Assert.Single(documents.Select(document => document.Headers.ETag!).Distinct());
        Assert.False(tag.IsWeak);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var again = new HttpRequestMessage(method, "/openapi/v1.json");
            again.Headers.IfNoneMatch.Add(tag);
            Assert.Equal(HttpStatusCode.NotModified, (await shared.Http.SendAsync(again)).StatusCode);
        }
    }

    [Fact]
    public async Task Every_429_has_a_time_to_wait()
    {
        await using var server = await CampaignServer.StartAsync(
            null,
            "--Limits:RefuseOtherPerNetworkPerMinute=1",
            "--Limits:RefuseSigningPerNetworkPerHour=1",
            "--Limits:RefuseStaffFailuresPerNetworkPerMinute=1",
            "--Limits:StreamsPerNetwork=1"
        );
        var slug = await server.OpenCampaignAsync();
        using var open = await server.Http.GetAsync(
            $"/api/campaigns/{slug}/counts/stream",
            HttpCompletionOption.ResponseHeadersRead
        );
        foreach (
            var (method, path) in ((HttpMethod, string)[])
                [
                    (HttpMethod.Get, "/my"),
                    (HttpMethod.Get, "/api/my/signature"),
                    (HttpMethod.Get, "/api/staff/campaigns"),
                    (HttpMethod.Get, $"/api/campaigns/{slug}/counts/stream"),
                    (HttpMethod.Post, $"/c/{slug}"),
                    (HttpMethod.Post, $"/api/campaigns/{slug}/signatures"),
                ]
        )
        {
            HttpResponseMessage? answer = null;
            for (var request = 0; request < 2; request++)
                answer = await server.Http.SendAsync(new HttpRequestMessage(method, path));
            await CampaignServer.Expect(429, answer!);
            Assert.InRange(answer!.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
        }
    }

    [Fact]
    public async Task Event_stream_passes_proxies_and_comments_while_it_is_quiet()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var answer = await shared.Http.GetAsync(
            $"/api/campaigns/{shared.Slug}/counts/stream",
            HttpCompletionOption.ResponseHeadersRead,
            stop.Token
        );
        Assert.Equal("no", Assert.Single(answer.Headers.GetValues("X-Accel-Buffering")));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop.Token));
        Assert.Equal("event: counts", await reader.ReadLineAsync(stop.Token));
        var data = await reader.ReadLineAsync(stop.Token);
        Assert.Equal(shared.Slug, (string?)JsonNode.Parse(data!["data: ".Length..])!["campaign"]);
        Assert.Equal("", await reader.ReadLineAsync(stop.Token));
        for (var quiet = 0; quiet < 2; quiet++)
        {
            shared.Server.Clock.Advance(TimeSpan.FromSeconds(15));
            Assert.StartsWith(":", await reader.ReadLineAsync(stop.Token), StringComparison.Ordinal);
            Assert.Equal("", await reader.ReadLineAsync(stop.Token));
        }
    }
}
