using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Timeline;

/// <summary>The timeline as everyone sees it.</summary>
public sealed class PublicTimelineTests(TimelineServer shared) : IClassFixture<TimelineServer>
{
    private static readonly XNamespace _atom = "http://www.w3.org/2005/Atom";

    [Fact]
    public async Task Timeline_shows_what_is_published_newest_first()
    {
        var slug = await OpenAsync("public-timeline");
        await shared.WriteAsync(List(slug, "updates"), TimelineServer.Update("A draft", "2019-03-01"));
        var update = await PublishAsync(slug, TimelineServer.Update("An update", "2019-01-17"));
        await shared.WriteAsync(List(slug, "developments"), TimelineServer.Development("A development"));
        await shared.WriteAsync(List(slug, "events"), TimelineServer.Event("An event"));
        var items = await ItemsAsync(slug);
        Assert.Equal(
            ["event 2019-05-17 An event", "update 2019-01-17 An update", "development 2018-12-20 A development"],
            items.Select(item => $"{item["kind"]} {item["on"]} {item["title"]}")
        );
        Assert.Equal(150, (int?)items[1]["figures"]![0]!["value"]);
        Assert.Equal("OSCE", (string?)items[1]["sources"]![0]!["publisher"]);
        Assert.Equal("Since **December**.", (string?)items[1]["text"]);

        await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(update, new { texts = new { en = new { title = "Corrected" } } })
        );
        var corrected = (await ItemsAsync(slug))[1];
        Assert.Equal("Corrected", (string?)corrected["title"]);
        Assert.NotNull(corrected["correctedOn"]);

        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(update));
        var withdrawn = (await ItemsAsync(slug))[1];
        Assert.NotNull(withdrawn["withdrawnOn"]);
        Assert.StartsWith("Withdrawn on ", (string?)withdrawn["title"], StringComparison.Ordinal);
        Assert.Null(withdrawn["text"]);
        Assert.Empty(withdrawn["figures"]!.AsArray());
        Assert.Empty(withdrawn["sources"]!.AsArray());
    }

    [Fact]
    public async Task Timeline_has_pages_and_a_version()
    {
        var slug = await OpenAsync("many-updates");
        for (var day = 1; day <= 60; day++)
            await shared.WriteAsync(
                List(slug, "events"),
                WithDay(TimelineServer.Event($"Event {day}"), new DateOnly(2019, 1, 1).AddDays(day))
            );
        var path = $"/api/campaigns/{slug}/timeline";
        var first = await CampaignServer.Expect(200, await shared.Http.GetAsync(path));
        var page = await first.BodyAsync();
        Assert.Equal(50, page["items"]!.AsArray().Count);
        Assert.Equal("Event 60", (string?)page["items"]![0]!["title"]);
        var rest = await shared.Server.GetJsonAsync($"{path}?before={page["next"]}");
        Assert.Equal(["Event 10", "Event 1"], new[] { 0, 9 }.Select(place => (string?)rest["items"]![place]!["title"]));
        Assert.Null(rest["next"]);
        await (await shared.Http.GetAsync($"{path}?before=wrong!")).RefusesFieldsAsync("before");

        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        await CampaignServer.Expect(304, await shared.Http.SendAsync(again));
    }

    [Fact]
    public async Task Place_of_a_sensitive_campaign_is_public_only_if_staff_say_so()
    {
        var slug = await OpenAsync("sensitive-timeline", sensitive: true);
        var hidden = await shared.WriteAsync(List(slug, "events"), TimelineServer.Event());
        Assert.Null((await ItemsAsync(slug))[0]["place"]);
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(hidden, new { showPlace = true }));
        Assert.Equal("Embassy, London", (string?)(await ItemsAsync(slug))[0]["place"]);
    }

    [Fact]
    public async Task Timeline_is_in_the_language_of_the_reader_or_the_campaigns_first()
    {
        var slug = await OpenAsync("languages-timeline");
        var body = TimelineServer.Update("In English", "2019-01-17");
        body["texts"]!["nl"] = new JsonObject { ["title"] = "In het Nederlands", ["text"] = "Sinds december." };
        await PublishAsync(slug, body);
        foreach (var (locale, title) in ((string, string)[])[("nl", "In het Nederlands"), ("nb", "In English")])
        {
            var items = (await shared.Server.GetJsonAsync($"/api/campaigns/{slug}/timeline?lang={locale}"))["items"]!;
            Assert.Equal(title, (string?)items[0]!["title"]);
        }
    }

    [Fact]
    public async Task Feed_is_valid_atom_with_ids_that_stay()
    {
        var slug = await OpenAsync("feed-timeline");
        var update = await PublishAsync(slug, TimelineServer.Update("An <update> & more", "2019-01-17"));
        var feed = await FeedAsync(slug);
        Assert.Equal(_atom + "feed", feed.Name);
        foreach (var element in (string[])["id", "title", "updated", "author"])
            Assert.Single(feed.Elements(_atom + element));
        Assert.EndsWith("/feed.atom?lang=nl", (string?)feed.Element(_atom + "id"), StringComparison.Ordinal);
        var entry = Assert.Single(feed.Elements(_atom + "entry"));
        Assert.Equal("An <update> & more", (string?)entry.Element(_atom + "title"));
        Assert.Equal("html", (string?)entry.Element(_atom + "content")!.Attribute("type"));
        Assert.Contains(
            "<strong>December</strong>",
            (string?)entry.Element(_atom + "content"),
            StringComparison.Ordinal
        );
        Assert.True(
            DateTimeOffset.TryParse((string?)entry.Element(_atom + "updated"), CultureInfo.InvariantCulture, out _)
        );
        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(update));
        var withdrawn = Assert.Single((await FeedAsync(slug)).Elements(_atom + "entry"));
        Assert.Equal((string?)entry.Element(_atom + "id"), (string?)withdrawn.Element(_atom + "id"));
        Assert.DoesNotContain("December", withdrawn.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeline_of_a_draft_is_not_found()
    {
        await CampaignServer.Expect(
            201,
            await shared.Staff.PostAsJsonAsync("/api/staff/campaigns", Example.Campaign("draft-timeline"))
        );
        await (await shared.Http.GetAsync("/api/campaigns/draft-timeline/timeline")).ProblemAsync(
            404,
            "no-such-campaign"
        );
        await CampaignServer.Expect(404, await shared.Http.GetAsync("/c/draft-timeline/feed.atom"));
        await CampaignServer.Expect(404, await shared.Http.GetAsync("/c/draft-timeline/timeline"));
    }

    private static string List(string slug, string list) => $"/api/staff/campaigns/{slug}/{list}";

    private static JsonObject WithDay(JsonObject entry, DateOnly on)
    {
        entry["on"] = Instant.Text(on);
        return entry;
    }

    private Task<string> OpenAsync(string slug, bool sensitive = false) =>
        shared.Server.OpenCampaignAsync(slug, body => body["sensitive"] = sensitive);

    private async Task<string> PublishAsync(string slug, JsonObject update)
    {
        var address = await shared.WriteAsync(List(slug, "updates"), update);
        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{address}/publish", null));
        return address;
    }

    private async Task<List<JsonNode>> ItemsAsync(string slug) =>
        [
            .. (await shared.Server.GetJsonAsync($"/api/campaigns/{slug}/timeline"))["items"]!
                .AsArray()
                .Select(one => one!),
        ];

    private async Task<XElement> FeedAsync(string slug)
    {
        var answer = await CampaignServer.Expect(200, await shared.Http.GetAsync($"/c/{slug}/feed.atom?lang=nl"));
        Assert.Equal("application/atom+xml", answer.Content.Headers.ContentType!.MediaType);
        return XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root!;
    }
}
