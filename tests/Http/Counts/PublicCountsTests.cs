using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Counts;

/// <summary>Counts in the public API.</summary>
public sealed class PublicCountsTests(CountsFixture counted) : IClassFixture<CountsFixture>
{
    [Fact]
    public async Task Countries_are_ordered_by_count_and_code_with_ZZ_last_and_match_the_ledger()
    {
        await CampaignServer.UntilAsync(
            async () => (int)(await counted.CountsAsync())["sealed"]!["size"]! == 8,
            "not sealed"
        );
        var counts = await counted.CountsAsync();
        Assert.Equal(
            ["campaign", "asOf", "confirmed", "goal", "countries", "sealed"],
            counts.Select(field => field.Key)
        );
        Assert.Equal(8, (int)counts["confirmed"]!);
        Assert.Equal(
            """[{"country":"GB","confirmed":2,"goal":100},{"country":"NL","confirmed":2,"goal":100},"""
                + """{"country":"BO","confirmed":0,"goal":100},{"country":"NO","confirmed":0,"goal":100},"""
                + """{"country":"ZZ","confirmed":4,"goal":null}]""",
            new JsonArray([
                .. counts["countries"]!
                    .AsArray()
                    .Select(country =>
                    {
                        var one = country!.DeepClone().AsObject();
                        one.Remove("name");
                        return (JsonNode)one;
                    }),
            ]).ToJsonString()
        );
        Assert.Equal("""{"size":8,"confirmed":8}""", counts["sealed"]!.ToJsonString());
        var head = await counted.Server.GetJsonAsync($"/api/campaigns/{counted.Slug}/ledger/head");
        Assert.Equal("""{"GB":2,"NL":2,"ZZ":4}""", head["counts"]!.ToJsonString());
        Assert.Equal(8, (int)(await counted.Server.GetJsonAsync($"/api/campaigns/{counted.Slug}"))["confirmed"]!);
    }

    [Theory]
    [InlineData("nb", "Storbritannia", "Nederland", "Norge")]
    [InlineData("no, en;q=0.5", "Storbritannia", "Nederland", "Norge")]
    [InlineData("nl-BE,nl;q=0.9,en;q=0.1", "Verenigd Koninkrijk", "Nederland", "Noorwegen")]
    [InlineData("en-GB", "United Kingdom", "Netherlands", "Norway")]
    [InlineData("xx", "United Kingdom", "Netherlands", "Norway")]
    [InlineData("*", "United Kingdom", "Netherlands", "Norway")]
    [InlineData(null, "United Kingdom", "Netherlands", "Norway")]
    public async Task Country_names_follow_Accept_Language(string? language, string gb, string nl, string no)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/campaigns/{counted.Slug}/counts");
        if (language is not null)
            request.Headers.TryAddWithoutValidation("Accept-Language", language);
        var answer = await counted.Server.Http.SendAsync(request);
        Assert.Contains("Accept-Language", answer.Headers.Vary);
        var names = (await answer.BodyAsync())["countries"]!
            .AsArray()
            .ToDictionary(country => (string)country!["country"]!, country => (string)country!["name"]!);
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
    [InlineData("TEXT/CSV", true)]
    [InlineData("text/csv, */*;q=0.1", true)]
    [InlineData("text/csv;q=0.5, */*", false)]
    [InlineData("text/csv;q=0.5, application/json;q=0.1, */*", true)]
    [InlineData("application/*, text/csv;q=0.9", false)]
    [InlineData("text/csvx", false)]
    public async Task Accept_header_selects_CSV(string accept, bool csv)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/campaigns/{counted.Slug}/counts");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await CampaignServer.Expect(200, await counted.Server.Http.SendAsync(request));
        Assert.Equal(csv ? "text/csv" : "application/json", answer.Content.Headers.ContentType?.MediaType);
        if (!csv)
            return;
        Assert.Equal([0xEF, 0xBB, 0xBF], (await answer.Content.ReadAsByteArrayAsync())[..3]);
        var lines = (await answer.Content.ReadAsStringAsync())
            .TrimStart('\uFEFF')
            .ReplaceLineEndings("\n")
            .TrimEnd('\n')
            .Split('\n');
        Assert.Equal(
            [
                "country,name,confirmed,goal",
                "GB,United Kingdom,2,100",
                "NL,Netherlands,2,100",
                "BO,Bolivia,0,100",
                "NO,Norway,0,100",
            ],
            lines[..5]
        );
        Assert.Matches("^ZZ,[^,]+,4,$", lines[5]);
    }
}
