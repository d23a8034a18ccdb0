using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Counts;

/// <summary>The history of the public count.</summary>
public sealed class HistoryTests(CountsFixture counted) : IClassFixture<CountsFixture>
{
    private string Path => $"/api/campaigns/{counted.Slug}/counts/history";

    [Theory]
    [InlineData("", "day", "GB 2, NL 2, ZZ 4")]
    [InlineData("?by=day&country=GB", "day", "GB 2")]
    [InlineData("?country=ZZ", "day", "ZZ 4")]
    [InlineData("?country=NO", "day", "")]
    [InlineData("?by=week", "week", "GB 2, NL 2, ZZ 4")]
    public async Task History_has_what_each_country_added(string query, string by, string expected)
    {
        var history = await counted.Server.GetJsonAsync(Path + query);
        Assert.Equal(["by", "items"], history.Select(field => field.Key));
        Assert.Equal(by, (string?)history["by"]);
        var items = history["items"]!.AsArray();
        Assert.Equal(expected, string.Join(", ", items.Select(item => $"{item!["country"]} {item["confirmed"]}")));
        var today = DateOnly.FromDateTime(counted.Server.Clock.GetUtcNow().UtcDateTime);
        var on = by == "day" ? today : today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        Assert.All(items, item => Assert.Equal(Instant.Text(on), (string?)item!["on"]));
    }

    [Theory]
    [InlineData("?by=hour", "by")]
    [InlineData("?by=", "by")]
    [InlineData("?by=day&by=week", "by")]
    [InlineData("?country=FR", "country")]
    [InlineData("?country=gb", "country")]
    [InlineData("?country=", "country")]
    [InlineData("?country=GB&country=NL", "country")]
    public async Task Bad_parameter_is_named(string query, string field) =>
        await (await counted.Server.Http.GetAsync(Path + query)).RefusesFieldsAsync(field);

    [Fact]
    public async Task History_is_CSV_on_request_and_is_cached_by_version()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        var csv = await CampaignServer.Expect(200, await counted.Server.Http.SendAsync(request));
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Accept", csv.Headers.Vary);
        var lines = (await csv.Content.ReadAsStringAsync()).TrimStart('\uFEFF').Split("\r\n");
        Assert.Equal("on,country,confirmed", lines[0]);
        Assert.EndsWith(",GB,2", lines[1], StringComparison.Ordinal);

        var json = await CampaignServer.Expect(200, await counted.Server.Http.GetAsync(Path));
        Assert.NotEqual(csv.Headers.ETag, json.Headers.ETag);
        using var again = new HttpRequestMessage(HttpMethod.Get, Path);
        again.Headers.IfNoneMatch.Add(json.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await counted.Server.Http.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task Draft_has_no_history_and_a_closed_campaign_has_one()
    {
        using var staff = await counted.Server.StaffAsync();
        var draft = Example.Campaign("draft-history");
        await CampaignServer.Expect(201, await staff.PostAsJsonAsync("/api/staff/campaigns", draft));
        await (await counted.Server.Http.GetAsync("/api/campaigns/draft-history/counts/history")).ProblemAsync(
            404,
            "no-such-campaign"
        );
        var slug = await counted.Server.OpenCampaignAsync("closed-history");
        await CampaignServer.Expect(204, await staff.PostAsync($"/api/staff/campaigns/{slug}/close", null));
        Assert.Empty((await counted.Server.GetJsonAsync($"/api/campaigns/{slug}/counts/history"))["items"]!.AsArray());
    }
}
