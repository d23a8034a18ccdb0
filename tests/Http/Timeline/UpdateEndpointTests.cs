using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Timeline;

/// <summary>What staff write into a timeline, over HTTP.</summary>
public sealed class UpdateEndpointTests(TimelineServer shared) : IClassFixture<TimelineServer>
{
    [Fact]
    public async Task Update_goes_from_draft_to_withdrawn()
    {
        var body = TimelineServer.Update("From draft");
        var address = await shared.WriteAsync(shared.Updates, body);
        var draft = await shared.ReadAsync(address);
        Assert.Equal("draft", (string?)draft["state"]);
        foreach (var field in (string[])["on", "texts", "sources"])
            Assert.Equal(body[field]!.ToJsonString(), Sorted(draft[field]!, body[field]!));
        Assert.Equal(150, (int?)draft["figures"]![0]!["value"]);
        Assert.Equal("Russian LGBT Network", (string?)draft["origin"]!["publisher"]);
        Assert.Null(draft["publishedAt"]);

        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{address}/publish", null));
        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{address}/publish", null));
        var published = await shared.ReadAsync(address);
        Assert.Equal("published", (string?)published["state"]);
        Assert.Empty(published["earlier"]!.AsArray());

        var corrected = await (
            await CampaignServer.Expect(
                200,
                await shared.Staff.PatchAsJsonAsync(
                    address,
                    new { texts = new { en = new { text = "Since January." } }, origin = (string?)null }
                )
            )
        ).BodyAsync();
        Assert.Equal("From draft", (string?)corrected["texts"]!["en"]!["title"]);
        Assert.Equal("Since January.", (string?)corrected["texts"]!["en"]!["text"]);
        Assert.Null(corrected["origin"]);
        Assert.NotNull(corrected["correctedAt"]);
        var earlier = Assert.Single(corrected["earlier"]!.AsArray())!;
        Assert.Equal("Since **December**.", (string?)earlier["content"]!["texts"]!["en"]!["text"]);

        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(address));
        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(address));
        var withdrawn = await shared.ReadAsync(address);
        Assert.Equal("withdrawn", (string?)withdrawn["state"]);
        Assert.NotNull(withdrawn["withdrawnAt"]);
        await (await shared.Staff.PatchAsJsonAsync(address, new { on = "2019-01-18" })).ProblemAsync(
            409,
            "wrong-state"
        );
        await (await shared.Staff.PostAsync($"{address}/publish", null)).ProblemAsync(409, "wrong-state");
        var lines = await shared.Staff.ListAsync($"/api/staff/audit?search={address.Split('/')[^1]}");
        Assert.Equal(
            ["update.create", "update.publish", "update.correct", "update.withdraw"],
            lines.Select(line => (string?)line!["action"])
        );
    }

    [Fact]
    public async Task Update_without_a_source_is_not_published()
    {
        var body = TimelineServer.Update("Unsourced");
        body["figures"] = new JsonArray();
        body["sources"] = new JsonArray();
        var address = await shared.WriteAsync(shared.Updates, body);
        await (await shared.Staff.PostAsync($"{address}/publish", null)).RefusesFieldsAsync("sources");
        await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(address, new { sources = new[] { TimelineServer.Source() } })
        );
        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{address}/publish", null));
        await (
            await shared.Staff.PatchAsJsonAsync(address, new { sources = Array.Empty<object>() })
        ).RefusesFieldsAsync("sources");
    }

    [Fact]
    public async Task Update_without_a_day_gets_the_day_of_its_publication()
    {
        var body = TimelineServer.Update("Today");
        body.Remove("on");
        var address = await shared.WriteAsync(shared.Updates, body);
        Assert.Null((await shared.ReadAsync(address))["on"]);
        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{address}/publish", null));
        var today = TimeZones.Local(shared.Server.Clock.GetUtcNow(), "Europe/London");
        Assert.Equal(
            Instant.Text(DateOnly.FromDateTime(today.DateTime)),
            (string?)(await shared.ReadAsync(address))["on"]
        );
    }

    [Fact]
    public async Task Draft_is_deleted()
    {
        var address = await shared.WriteAsync(shared.Updates, TimelineServer.Update("Gone"));
        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(address));
        await (await shared.Staff.GetAsync(address)).ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Change_of_nothing_corrects_nothing_and_an_old_version_is_refused()
    {
        var address = await shared.PublishedAsync(TimelineServer.Update("Versions"));
        var read = await CampaignServer.Expect(200, await shared.Staff.GetAsync(address));
        var tag = read.Headers.ETag!.Tag;
        var same = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(address, TimelineServer.Update("Versions"))
        );
        Assert.Equal(tag, same.Headers.ETag!.Tag);
        Assert.Null((await same.BodyAsync())["correctedAt"]);
        await CampaignServer.Expect(200, await PatchAsync(tag, "2019-01-18"));
        await (await PatchAsync(tag, "2019-01-19")).ProblemAsync(412, "changed-meanwhile");

        async Task<HttpResponseMessage> PatchAsync(string version, string on)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, address);
            request.Headers.TryAddWithoutValidation("If-Match", version);
            request.Content = JsonContent.Create(new { on });
            return await shared.Staff.SendAsync(request);
        }
    }

    [Fact]
    public async Task Development_and_event_are_public_at_once_and_corrected()
    {
        var unsourced = TimelineServer.Development();
        unsourced["sources"] = new JsonArray();
        await (await shared.Staff.PostAsJsonAsync(shared.Developments, unsourced)).RefusesFieldsAsync("sources");
        foreach (
            var (list, body) in ((string, JsonObject)[])
                [(shared.Developments, TimelineServer.Development()), (shared.Events, TimelineServer.Event())]
        )
        {
            var address = await shared.WriteAsync(list, body);
            Assert.Equal("published", (string?)(await shared.ReadAsync(address))["state"]);
            var corrected = await CampaignServer.Expect(
                200,
                await shared.Staff.PatchAsJsonAsync(address, new { summary = "Otherwise." })
            );
            var view = await corrected.BodyAsync();
            Assert.Equal((string?)body["title"], (string?)view["title"]);
            Assert.Equal((string?)body["summary"], (string?)view["earlier"]![0]!["content"]!["summary"]);
            Assert.Contains(await shared.Staff.ListAsync(list), one => (string?)one!["id"] == (string?)view["id"]);
            await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(address));
            Assert.Equal("withdrawn", (string?)(await shared.ReadAsync(address))["state"]);
        }
    }

    [Fact]
    public async Task Preview_shows_the_text_of_a_locale()
    {
        var body = TimelineServer.Update("In two languages");
        body["texts"]!["nl"] = new JsonObject { ["title"] = "In twee <talen>", ["text"] = "[x](javascript:alert(1))" };
        var address = await shared.WriteAsync(shared.Updates, body);
        var html = await CampaignServer.Expect(200, await shared.Staff.GetAsync($"{address}/preview?locale=nl"));
        Assert.Equal("text/html", html.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            html.Headers.GetValues("Content-Security-Policy").Single()
        );
        var page = await html.Content.ReadAsStringAsync();
        Assert.Contains(">In twee &lt;talen&gt;</h1>", page, StringComparison.Ordinal);
        Assert.Contains(">Bronnen</h2>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript", page, StringComparison.Ordinal);
        var text = await CampaignServer.Expect(200, await shared.Staff.GetAsync($"{address}/preview?format=text"));
        Assert.Equal("text/plain", text.Content.Headers.ContentType!.MediaType);
        var plain = await text.Content.ReadAsStringAsync();
        Assert.StartsWith("In two languages\n\nSince **December**.\n", plain, StringComparison.Ordinal);
        Assert.Contains("https://example.org/report", plain, StringComparison.Ordinal);
        await (await shared.Staff.GetAsync($"{address}/preview?format=pdf")).RefusesFieldsAsync("format");
    }

    [Fact]
    public async Task Organiser_writes_drafts_and_publishes_nothing()
    {
        using var london = await shared.Server.StaffAsync(Role.Organiser, "GB");
        using var both = await shared.Server.StaffAsync(Role.Organiser, "GB", "NL");
        using var hague = await shared.Server.StaffAsync(Role.Organiser, "NL");
        var foreign = await shared.WriteAsync(shared.Updates, TimelineServer.Update("Of a campaigner"));
        var address = await shared.WriteAsync(shared.Updates, TimelineServer.Update("Of London"), london);
        await CampaignServer.Expect(200, await london.PatchAsJsonAsync(address, new { on = "2019-01-16" }));
        await CampaignServer.Expect(200, await london.GetAsync($"{address}/preview"));
        await CampaignServer.Expect(200, await both.GetAsync(address));
        Assert.Equal(
            [address.Split('/')[^1]],
            (await london.ListAsync(shared.Updates)).Select(one => (string?)one!["id"])
        );
        foreach (var (member, path) in ((HttpClient, string)[])[(london, foreign), (hague, address)])
        {
            await (await member.GetAsync(path)).ProblemAsync(404, "not-found");
            await (await member.PatchAsJsonAsync(path, new { on = "2019-01-16" })).ProblemAsync(404, "not-found");
            await (await member.DeleteAsync(path)).ProblemAsync(404, "not-found");
            await (await member.GetAsync($"{path}/preview")).ProblemAsync(404, "not-found");
        }
        await (await london.PostAsync($"{address}/publish", null)).ProblemAsync(404, "not-found");
        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{address}/publish", null));
        await CampaignServer.Expect(200, await london.GetAsync(address));
        await (await london.PatchAsJsonAsync(address, new { on = "2019-01-15" })).ProblemAsync(404, "not-found");
        await (await london.DeleteAsync(address)).ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Entry_is_found_only_as_its_kind_and_in_its_campaign()
    {
        var address = await shared.WriteAsync(shared.Updates, TimelineServer.Update("Here"));
        var id = address.Split('/')[^1];
        var other = await shared.Server.OpenCampaignAsync("another-timeline");
        await (await shared.Staff.GetAsync($"{shared.Events}/{id}")).ProblemAsync(404, "not-found");
        await (await shared.Staff.GetAsync($"/api/staff/campaigns/{other}/updates/{id}")).ProblemAsync(
            404,
            "not-found"
        );
    }

    // The same fields in the order of the other, because objects have no order.
    private static string Sorted(JsonNode shown, JsonNode order) =>
        (shown, order) switch
        {
            (JsonObject fields, JsonObject names) => new JsonObject(
                names.Select(name =>
                    KeyValuePair.Create(name.Key, (JsonNode?)JsonNode.Parse(Sorted(fields[name.Key]!, name.Value!)))
                )
            ).ToJsonString(),
            (JsonArray items, JsonArray others) => new JsonArray([
                .. items.Zip(others).Select(pair => JsonNode.Parse(Sorted(pair.First!, pair.Second!))),
            ]).ToJsonString(),
            _ => shown.ToJsonString(),
        };
}
