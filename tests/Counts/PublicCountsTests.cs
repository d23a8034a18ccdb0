using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Campaigns.Tests.Running;

namespace Campaigns.Tests.Counts;

/// <summary>Counts as anyone sees them.</summary>
public sealed class PublicCountsTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync(change: Listed("NO", "GB", "NL", "BO"));
        foreach (var (index, country) in ((string[])["NL", "NL", "GB", "GB", "FR", "DE", "SE", "XK"]).Index())
            await _server.SignAsync(_slug, CampaignServer.Signature(string.Create(CultureInfo.InvariantCulture, $"c{index}@example.org"), country: country));
        foreach (var token in (await _server.Mail.TokensAsync("/confirm/", [.. Enumerable.Range(0, 8).Select(index => $"c{index}@example.org")])).Values)
            await _server.ConfirmAsync(token);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Listed_countries_then_ZZ_by_count_then_code_and_ledger_and_counts_agree()
    {
        await CampaignServer.UntilAsync(async () => (int)(await CountsAsync())["sealed"]!["size"]! == 8, "not sealed");
        var counts = await CountsAsync();
        Assert.Equal(["campaign", "asOf", "confirmed", "goal", "countries", "sealed"], counts.Select(field => field.Key));
        Assert.Equal(8, (int)counts["confirmed"]!);
        Assert.Equal(
            """[{"country":"GB","confirmed":2,"goal":100},{"country":"NL","confirmed":2,"goal":100},{"country":"BO","confirmed":0,"goal":100},{"country":"NO","confirmed":0,"goal":100},{"country":"ZZ","confirmed":4,"goal":null}]""",
            new JsonArray([.. counts["countries"]!.AsArray().Select(country => { var one = country!.DeepClone().AsObject(); one.Remove("name"); return (JsonNode)one; })]).ToJsonString());
        Assert.Equal("""{"size":8,"confirmed":8}""", counts["sealed"]!.ToJsonString());
        var head = await _server.GetJsonAsync($"/api/campaigns/{_slug}/ledger/head");
        Assert.Equal("""{"GB":2,"NL":2,"ZZ":4}""", head["counts"]!.ToJsonString());
        Assert.Equal(8, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}"))["confirmed"]!);
    }

    [Theory]
    [InlineData("nb", "Storbritannia", "Nederland", "Norge")]
    [InlineData("no, en;q=0.5", "Storbritannia", "Nederland", "Norge")]
    [InlineData("nl-BE,nl;q=0.9,en;q=0.1", "Verenigd Koninkrijk", "Nederland", "Noorwegen")]
    [InlineData("en-GB", "United Kingdom", "Netherlands", "Norway")]
    [InlineData("xx", "United Kingdom", "Netherlands", "Norway")]
    [InlineData("*", "United Kingdom", "Netherlands", "Norway")]
    [InlineData(null, "United Kingdom", "Netherlands", "Norway")]
    public async Task Names_follow_Accept_Language(string? language, string gb, string nl, string no)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/campaigns/{_slug}/counts");
        if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);
        var answer = await _server.Http.SendAsync(request);
        Assert.Contains("Accept-Language", answer.Headers.Vary);
        var names = (await answer.BodyAsync())["countries"]!.AsArray().ToDictionary(country => (string)country!["country"]!, country => (string)country!["name"]!);
        Assert.Equal((gb, nl, no), (names["GB"], names["NL"], names["NO"]));
    }

    [Theory]
    [InlineData("text/csv", true)]
    [InlineData("text/csv, application/json;q=0.5", true)]
    [InlineData("application/json, text/csv;q=0.5", false)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", false)]
    [InlineData("text/csv;q=0", false)]
    [InlineData("nonsense", false)]
    public async Task Csv_by_Accept(string accept, bool csv)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/campaigns/{_slug}/counts");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await CampaignServer.Expect(200, await _server.Http.SendAsync(request));
        Assert.Equal(csv ? "text/csv" : "application/json", answer.Content.Headers.ContentType?.MediaType);
        if (!csv) return;
        var lines = (await answer.Content.ReadAsStringAsync()).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Assert.Equal(["country,name,confirmed,goal", "GB,United Kingdom,2,100", "NL,Netherlands,2,100", "BO,Bolivia,0,100", "NO,Norway,0,100"], lines[..5]);
        Assert.Matches("^ZZ,[^,]+,4,$", lines[5]);
    }

    [Fact]
    public async Task An_ETag_spares_the_answer_until_something_changes()
    {
        await CampaignServer.UntilAsync(async () => (int)(await CountsAsync())["sealed"]!["size"]! == 8, "not sealed");
        var first = await _server.Http.GetAsync($"/api/campaigns/{_slug}/counts");
        var tag = first.Headers.ETag!.ToString();
        var again = await GetAsync(tag);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(tag, again.Headers.ETag?.ToString());
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync($"\"other\", {tag}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync("*")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("\"other\"")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(tag, "nb")).StatusCode);
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("one-more@example.org"));
        var changed = await GetAsync(tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag?.ToString());
    }

    [Fact]
    public async Task The_stream_tells_at_once_and_on_change_and_at_most_once_a_second()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var answer = await _server.Http.GetAsync($"/api/campaigns/{_slug}/counts/stream", HttpCompletionOption.ResponseHeadersRead, stop.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop.Token));
        Assert.Equal(8, await NextAsync());

        // A burst: the stream may swallow what comes between, but not the end of it.
        var arrivals = new List<DateTime>();
        for (var i = 0; i < 4; i++) await _server.SignAsync(_slug, CampaignServer.Signature($"burst{i}@example.org"));
        foreach (var token in (await _server.Mail.TokensAsync("/confirm/", [.. Enumerable.Range(0, 4).Select(i => $"burst{i}@example.org")])).Values) await _server.ConfirmAsync(token);
        while (await NextAsync() != 12) arrivals.Add(DateTime.UtcNow);
        Assert.All(arrivals.Zip(arrivals.Skip(1)), pair => Assert.True(pair.Second - pair.First > TimeSpan.FromMilliseconds(700)));

        async Task<int> NextAsync()
        {
            var name = "";
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                if (line.StartsWith("event:", StringComparison.Ordinal)) name = line[6..].Trim();
                if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
                Assert.Equal("counts", name);
                return (int)JsonNode.Parse(line[5..])!["confirmed"]!;
            }
            throw new Xunit.Sdk.XunitException("The stream ended.");
        }
    }

    [Fact]
    public async Task A_sensitive_campaign_moves_only_when_it_is_sealed()
    {
        await using var slow = await CampaignServer.StartAsync(null, "--Ledger:MinBatch=3", "--Ledger:MaxDelay=1.00:00:00");
        var slug = await slow.OpenCampaignAsync("sensitive", body => body["sensitive"] = true);
        for (var i = 0; i < 2; i++) await slow.SignAndConfirmAsync(slug, CampaignServer.Signature($"s{i}@example.org"));
        var before = await slow.GetJsonAsync($"/api/campaigns/{slug}/counts");
        Assert.Equal(0, (int)before["confirmed"]!);
        Assert.Equal(0, (int)(await slow.GetJsonAsync($"/api/campaigns/{slug}"))["confirmed"]!);
        Assert.Equal(0, (int)System.Text.Json.JsonDocument.Parse(await slow.Http.GetStringAsync("/api/campaigns")).RootElement[0].GetProperty("confirmed").GetInt32());
        Assert.DoesNotContain(">2<", await slow.Http.GetStringAsync($"/c/{slug}"), StringComparison.Ordinal);
        // Not even the moment tells that something happened.
        Assert.Equal(before.ToJsonString(), (await slow.GetJsonAsync($"/api/campaigns/{slug}/counts")).ToJsonString());
        await slow.SignAndConfirmAsync(slug, CampaignServer.Signature("s2@example.org"));
        await CampaignServer.UntilAsync(async () => (int)(await slow.GetJsonAsync($"/api/campaigns/{slug}/counts"))["confirmed"]! == 3, "not sealed");
    }

    [Fact]
    public async Task A_country_added_later_starts_at_zero_and_one_that_people_signed_from_stays()
    {
        using var staff = await _server.StaffAsync();
        var before = (await CountsAsync())["countries"]!.AsArray().Select(country => $"{country!["country"]} {country["confirmed"]}").ToList();
        var listed = string.Join(',', before.Select(country => country[..2]).Where(country => country != "ZZ").Select(country => $$"""{"country":"{{country}}","goal":5}"""));
        await CampaignServer.Expect(200, await staff.PatchAsync($"/api/staff/campaigns/{_slug}", Answers.Json($$"""{"countries":[{{listed}},{"country":"FR","goal":5}]}""")));
        var after = (await CountsAsync())["countries"]!.AsArray().Select(country => $"{country!["country"]} {country["confirmed"]}").ToList();
        Assert.Equal(before.Append("FR 0").Order(StringComparer.Ordinal), after.Order(StringComparer.Ordinal));
        var refused = await (await staff.PatchAsync($"/api/staff/campaigns/{_slug}", Answers.Json("""{"countries":[{"country":"FR","goal":5}]}"""))).ProblemAsync(400, "validation");
        Assert.Equal("countries", Assert.Single(refused["errors"]!.AsObject()).Key);
    }

    private Task<JsonObject> CountsAsync() => _server.GetJsonAsync($"/api/campaigns/{_slug}/counts");

    private Task<HttpResponseMessage> GetAsync(string tag, string language = "en")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/campaigns/{_slug}/counts");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        return _server.Http.SendAsync(request);
    }

    private static Action<JsonObject> Listed(params string[] countries) => body =>
        body["countries"] = new JsonArray([.. countries.Select(country => (JsonNode)new JsonObject { ["country"] = country, ["goal"] = 100, ["locale"] = null })]);
}
