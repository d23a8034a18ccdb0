using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Counts;

/// <summary>Counts while they change.</summary>
public sealed class MovingCountsTests : IAsyncLifetime
{
    private readonly CountsFixture _counted = new();

    public Task InitializeAsync() => _counted.InitializeAsync();

    public Task DisposeAsync() => _counted.DisposeAsync();

    [Fact]
    public async Task ETag_gives_304_until_the_counts_change()
    {
        await CampaignServer.UntilAsync(
            async () => (int)(await _counted.CountsAsync())["sealed"]!["size"]! == 8,
            "not sealed"
        );
        var first = await _counted.Server.Http.GetAsync($"/api/campaigns/{_counted.Slug}/counts");
        var tag = first.Headers.ETag!.ToString();
        var again = await GetAsync(tag);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(tag, again.Headers.ETag?.ToString());
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync($"\"other\", {tag}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync("*")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("\"other\"")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(tag, "nb")).StatusCode);
        await _counted.Server.SignAndConfirmAsync(_counted.Slug, CampaignServer.Signature("one-more@example.org"));
        var changed = await GetAsync(tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag?.ToString());
    }

    [Fact]
    public async Task Stream_sends_at_once_and_on_change_and_at_most_once_a_second()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var watch = Stopwatch.StartNew();
        using var answer = await _counted.Server.Http.GetAsync(
            $"/api/campaigns/{_counted.Slug}/counts/stream",
            HttpCompletionOption.ResponseHeadersRead,
            stop.Token
        );
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop.Token));
        Assert.Equal(8, await NextAsync());

        // During a burst the stream may skip intermediate counts, but not the last one.
        var received = 1;
        for (var i = 0; i < 4; i++)
            await _counted.Server.SignAsync(_counted.Slug, CampaignServer.Signature($"burst{i}@example.org"));
        foreach (
            var token in (
                await _counted.Server.Mail.TokensAsync(
                    "/confirm/",
                    [.. Enumerable.Range(0, 4).Select(i => $"burst{i}@example.org")]
                )
            ).Values
        )
            await _counted.Server.ConfirmAsync(token);
        while (await NextAsync() != 12)
            received++;
        // The test compares the number of messages. The intervals between them are not reliable on a busy
        // machine.
        Assert.True(received * 0.7 <= watch.Elapsed.TotalSeconds, $"Told {received} times in {watch.Elapsed}");

        async Task<int> NextAsync()
        {
            var name = "";
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                if (line.StartsWith("event:", StringComparison.Ordinal))
                    name = line[6..].Trim();
                if (!line.StartsWith("data:", StringComparison.Ordinal))
                    continue;
                Assert.Equal("counts", name);
                return (int)JsonNode.Parse(line[5..])!["confirmed"]!;
            }
            throw new Xunit.Sdk.XunitException("The stream ended.");
        }
    }

    [Fact]
    public async Task Counts_of_a_sensitive_campaign_change_only_with_sealing()
    {
        await using var slow = await CampaignServer.StartAsync(
            null,
            "--Ledger:MinBatch=3",
            "--Ledger:MaxDelay=1.00:00:00",
            "--Ledger:SensitiveMaxDelay=1.00:00:00"
        );
        var slug = await slow.OpenCampaignAsync("sensitive", body => body["sensitive"] = true);
        for (var i = 0; i < 2; i++)
            await slow.SignAndConfirmAsync(slug, CampaignServer.Signature($"s{i}@example.org"));
        var before = await slow.GetJsonAsync($"/api/campaigns/{slug}/counts");
        Assert.Equal(0, (int)before["confirmed"]!);
        Assert.Equal(0, (int)(await slow.GetJsonAsync($"/api/campaigns/{slug}"))["confirmed"]!);
        Assert.Equal(
            0,
            (int)
                JsonDocument
                    .Parse(await slow.Http.GetStringAsync("/api/campaigns"))
                    .RootElement.GetProperty("items")[0]
                    .GetProperty("confirmed")
                    .GetInt32()
        );
        Assert.DoesNotContain(">2<", await slow.Http.GetStringAsync($"/c/{slug}"), StringComparison.Ordinal);
        // Not even the timestamp reveals that a signature was confirmed.
        Assert.Equal(before.ToJsonString(), (await slow.GetJsonAsync($"/api/campaigns/{slug}/counts")).ToJsonString());
        await slow.SignAndConfirmAsync(slug, CampaignServer.Signature("s2@example.org"));
        await CampaignServer.UntilAsync(
            async () => (int)(await slow.GetJsonAsync($"/api/campaigns/{slug}/counts"))["confirmed"]! == 3,
            "not sealed"
        );
    }

    [Fact]
    public async Task Country_added_later_starts_at_zero_and_a_signed_country_cannot_be_removed()
    {
        using var staff = await _counted.Server.StaffAsync();
        var before = (await _counted.CountsAsync())["countries"]!
            .AsArray()
            .Select(country => $"{country!["country"]} {country["confirmed"]}")
            .ToList();
        var listed = string.Join(
            ',',
            before
                .Select(country => country[..2])
                .Where(country => country != "ZZ")
                .Select(country => $$"""{"country":"{{country}}","goal":5}""")
        );
        await CampaignServer.Expect(
            200,
            await staff.PatchAsync(
                $"/api/staff/campaigns/{_counted.Slug}",
                HttpAnswers.Json($$"""{"countries":[{{listed}},{"country":"FR","goal":5}]}""")
            )
        );
        var after = (await _counted.CountsAsync())["countries"]!
            .AsArray()
            .Select(country => $"{country!["country"]} {country["confirmed"]}")
            .ToList();
        Assert.Equal(before.Append("FR 0").Order(StringComparer.Ordinal), after.Order(StringComparer.Ordinal));
        var refused = await (
            await staff.PatchAsync(
                $"/api/staff/campaigns/{_counted.Slug}",
                HttpAnswers.Json("""{"countries":[{"country":"FR","goal":5}]}""")
            )
        ).ProblemAsync(400, "validation");
        Assert.Equal("countries", Assert.Single(refused["errors"]!.AsObject()).Key);
    }

    private Task<HttpResponseMessage> GetAsync(string tag, string language = "en")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/campaigns/{_counted.Slug}/counts");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        return _counted.Server.Http.SendAsync(request);
    }
}
