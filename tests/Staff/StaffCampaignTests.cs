using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Staff;

/// <summary>Campaigns as staff make and change them.</summary>
public sealed class StaffCampaignTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Path = "/api/staff/campaigns";

    [Theory]
    [InlineData("slug", "null", "slug")]
    [InlineData("slug", "\"ab\"", "slug")]
    [InlineData("slug", "\"Upper-case\"", "slug")]
    [InlineData("slug", "\"line\\n\"", "slug")]
    [InlineData("slug", "17", "slug")]
    [InlineData("organisation", "null", "organisation")]
    [InlineData("organisation", "\" \"", "organisation")]
    [InlineData("organisation", "\"two\\nlines\"", "organisation")]
    [InlineData("organisation", "\"\\ud800\"", "organisation")]
    [InlineData("controller", "\"x\"", "controller")]
    [InlineData("controller", "{}", "controller.name,controller.contact")]
    [InlineData("controller", "{\"name\":1,\"contact\":\"c\"}", "controller.name")]
    [InlineData("privacyNotice", "{\"version\":\"1\"}", "privacyNotice.text")]
    [InlineData("texts", "null", "texts")]
    [InlineData("texts", "{}", "texts")]
    [InlineData("texts", "[]", "texts")]
    [InlineData("texts", "{\"en\":\"x\"}", "texts.en")]
    [InlineData("texts", "{\"en\":{\"title\":\"t\"}}", "texts.en.demand")]
    [InlineData(
        "texts",
        "{\"en\":{\"title\":5,\"demand\":\"d\"},\"nb\":{\"title\":\"t\",\"demand\":[]}}",
        "texts.en.title,texts.nb.demand"
    )]
    [InlineData("texts", "{\"English\":{\"title\":\"t\",\"demand\":\"d\"}}", "texts")]
    [InlineData("texts", "{\"\\ud800\":{\"title\":\"t\",\"demand\":\"d\"}}", "texts")]
    [InlineData("goal", "0", "goal")]
    [InlineData("goal", "\"100\"", "goal")]
    [InlineData("goal", "1.5", "goal")]
    [InlineData("goal", "1e99", "goal")]
    [InlineData("goal", "null", "goal")]
    [InlineData("countries", "{}", "countries")]
    [InlineData("countries", "[\"GB\"]", "countries[0]")]
    [InlineData(
        "countries",
        "[{\"country\":\"GB\",\"goal\":1},{\"country\":\"UK\",\"goal\":1}]",
        "countries[1].country"
    )]
    [InlineData("countries", "[{\"country\":\"ZZ\",\"goal\":1}]", "countries[0].country")]
    [InlineData("countries", "[{\"country\":\"GB\"}]", "countries[0].goal")]
    [InlineData(
        "countries",
        "[{\"country\":\"GB\",\"goal\":-1,\"locale\":9}]",
        "countries[0].goal,countries[0].locale"
    )]
    [InlineData("countries", "[{\"country\":\"GB\",\"goal\":1},{\"country\":\"GB\",\"goal\":2}]", "countries")]
    [InlineData("opensAt", "\"yesterday\"", "opensAt")]
    [InlineData("opensAt", "1", "opensAt")]
    [InlineData("opensAt", "\"2019-05-17\"", "opensAt")]
    [InlineData("opensAt", "\"2019-05-17T09:00:00\"", "opensAt")]
    [InlineData("closesAt", "\"2001-01-01T00:00:00.000Z\"", "closesAt")]
    [InlineData("handOverOn", "\"17-05-2019\"", "handOverOn")]
    [InlineData("handOverOn", "\"2019-02-30\"", "handOverOn")]
    [InlineData("answerWithinDays", "0", "answerWithinDays")]
    [InlineData("answerWithinDays", "\"30\"", "answerWithinDays")]
    [InlineData("eraseAfterDays", "-1", "eraseAfterDays")]
    [InlineData("sensitive", "\"yes\"", "sensitive")]
    [InlineData("allowedOrigins", "\"https://example.org\"", "allowedOrigins")]
    [InlineData("allowedOrigins", "[\"https://example.org\",\"example.org\",7]", "allowedOrigins[1],allowedOrigins[2]")]
    [InlineData("allowedOrigins", "[\"https://example.org/\"]", "allowedOrigins[0]")]
    [InlineData("allowedOrigins", "[\"*\"]", "allowedOrigins[0]")]
    [InlineData("allowedOrigins", "[\"null\"]", "allowedOrigins[0]")]
    [InlineData("recipients", "{}", "recipients")]
    [InlineData("recipients", "[null]", "recipients[0]")]
    [InlineData("recipients", "[{}]", "recipients[0].key,recipients[0].name,recipients[0].risk")]
    [InlineData(
        "recipients",
        "[{\"key\":\"Key!\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"low\"}]",
        "recipients[0].key"
    )]
    [InlineData(
        "recipients",
        "[{\"key\":\"k\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"none\",\"maxDisclosure\":\"all\"}]",
        "recipients[0].risk,recipients[0].maxDisclosure"
    )]
    [InlineData(
        "recipients",
        "[{\"key\":\"k\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"low\",\"countries\":[]}]",
        "recipients[0].countries"
    )]
    [InlineData(
        "recipients",
        "[{\"key\":\"k\",\"name\":\"n\",\"address\":\"a\",\"risk\":\"low\",\"countries\":[\"GB\",\"xx\",3]}]",
        "recipients[0].countries[1],recipients[0].countries[2]"
    )]
    public async Task A_wrong_field_is_named_by_its_path(string field, string json, string paths)
    {
        var body = Body("wrong-field");
        body.Remove(field);
        // Spliced as text: half a character cannot stand in a JsonNode.
        var text = body.ToJsonString().Insert(1, $"\"{field}\":{json},");
        await (await shared.Staff.PostAsync(Path, HttpAnswers.Json(text))).RefusesFieldsAsync(paths.Split(','));
        if (field is "slug" or "closesAt" || json is "null")
            return;
        await (
            await shared.Staff.PatchAsync($"{Path}/{shared.Slug}", HttpAnswers.Json($$"""{"{{field}}":{{json}}}"""))
        ).RefusesFieldsAsync(paths.Split(','));
    }

    [Fact]
    public async Task What_is_no_JSON_is_refused_and_a_megabyte_is_the_most()
    {
        foreach (
            var (method, path) in ((HttpMethod, string)[])
                [
                    (HttpMethod.Post, Path),
                    (HttpMethod.Patch, $"{Path}/{shared.Slug}"),
                    (HttpMethod.Post, $"{Path}/{shared.Slug}/texts"),
                ]
        )
        {
            await (await SendAsync(method, path, HttpAnswers.Json("{"))).ProblemAsync(400, "malformed-body");
            await (await SendAsync(method, path, HttpAnswers.Json("{}", "text/plain"))).ProblemAsync(415, "media-type");
            await (await SendAsync(method, path, HttpAnswers.Json(new string(' ', (1024 * 1024) + 1)))).ProblemAsync(
                413,
                "body-too-large"
            );
        }
    }

    [Fact]
    public async Task A_campaign_comes_back_as_it_was_sent_and_its_slug_is_taken()
    {
        var body = Body("round-trip");
        var created = await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, body));
        Assert.Equal("/api/staff/campaigns/round-trip", created.Headers.Location?.ToString());
        var view = await created.BodyAsync();
        Assert.Equal("draft", (string?)view["state"]);
        foreach (
            var field in (string[])
                [
                    "slug",
                    "organisation",
                    "controller",
                    "privacyNotice",
                    "goal",
                    "opensAt",
                    "closesAt",
                    "handOverOn",
                    "answerWithinDays",
                    "eraseAfterDays",
                    "sensitive",
                    "allowedOrigins",
                    "countries",
                    "recipients",
                ]
        )
            Assert.True(
                JsonNode.DeepEquals(body[field], view[field]),
                $"{field}: {body[field]?.ToJsonString()} / {view[field]?.ToJsonString()}"
            );
        Assert.Equal(
            view.ToJsonString(),
            (await (await shared.Staff.GetAsync(created.Headers.Location)).BodyAsync()).ToJsonString()
        );
        await (await shared.Staff.PostAsJsonAsync(Path, body)).ProblemAsync(409, "slug-taken");
    }

    [Fact]
    public async Task Slugs_created_at_once_are_given_once()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => shared.Staff.PostAsJsonAsync(Path, Body("at-once")))
        );
        Assert.Equal(1, answers.Count(answer => (int)answer.StatusCode == 201));
        Assert.Equal(11, answers.Count(answer => (int)answer.StatusCode == 409));
    }

    [Fact]
    public async Task A_risk_and_missing_disclosure_have_the_lowest_as_default()
    {
        var body = Body("defaults");
        body["recipients"] = new JsonArray(
            new JsonObject
            {
                ["key"] = "desk",
                ["name"] = "Desk",
                ["address"] = "Oslo",
                ["risk"] = "high",
            }
        );
        var view = await (await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, body))).BodyAsync();
        Assert.Equal("count", (string?)view["recipients"]![0]!["maxDisclosure"]);
        Assert.Null(view["recipients"]![0]!["countries"]);
    }

    [Fact]
    public async Task Moves_are_repeatable_in_their_order_and_archived_is_final()
    {
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, Body("moves")));
        foreach (
            var (move, status) in ((string, int)[])
                [
                    ("close", 409),
                    ("archive", 409),
                    ("open", 204),
                    ("open", 204),
                    ("archive", 409),
                    ("close", 204),
                    ("close", 204),
                    ("open", 204),
                    ("close", 204),
                    ("archive", 204),
                    ("archive", 204),
                    ("open", 409),
                    ("close", 409),
                ]
        )
        {
            var answer = await CampaignServer.Expect(
                status,
                await shared.Staff.PostAsync($"{Path}/moves/{move}", null)
            );
            if (status == 409)
                await answer.ProblemAsync(409, "wrong-state");
        }
    }

    [Fact]
    public async Task A_change_touches_what_it_names_and_can_clear_dates()
    {
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, Body("changes")));
        var before = await (await shared.Staff.GetAsync(Path + "/changes")).BodyAsync();
        var change =
            """{"goal":17,"closesAt":null,"handOverOn":"2031-01-02","allowedOrigins":["https://a.example"],"countries":[{"country":"IS","goal":5,"locale":null}],"slug":"other","state":"open"}""";
        var after = await (
            await CampaignServer.Expect(200, await shared.Staff.PatchAsync(Path + "/changes", HttpAnswers.Json(change)))
        ).BodyAsync();
        foreach (
            var (field, value) in JsonNode
                .Parse(change)!
                .AsObject()
                .Where(field => field.Key is not ("slug" or "state"))
        )
        {
            Assert.True(JsonNode.DeepEquals(value, after[field]), field);
            before[field] = value?.DeepClone();
        }
        Assert.Equal(before.ToJsonString(), after.ToJsonString());
        Assert.Equal(
            after.ToJsonString(),
            (
                await (
                    await CampaignServer.Expect(
                        200,
                        await shared.Staff.PatchAsync(Path + "/changes", HttpAnswers.Json("{}"))
                    )
                ).BodyAsync()
            ).ToJsonString()
        );
    }

    [Fact]
    public async Task Texts_change_while_nobody_signed_and_have_versions_afterwards()
    {
        var slug = await shared.Server.OpenCampaignAsync("texts");
        var path = $"{Path}/{slug}";
        var texts =
            """{"texts":{"nb":{"title":" Ny tittel ","demand":"Linje\r\nto\r\n"},"en":{"title":"New Ame\u0301lie","demand":"Do it"}}}""";
        var changed = await (
            await CampaignServer.Expect(200, await shared.Staff.PatchAsync(path, HttpAnswers.Json(texts)))
        ).BodyAsync();
        Assert.Equal(["nb", "en"], changed["texts"]!.AsObject().Select(text => text.Key));
        AssertHash(slug, "nb", changed["texts"]!["nb"]!, 1, "Ny tittel", "Linje\nto");
        AssertHash(slug, "en", changed["texts"]!["en"]!, 1, "New Am\u00e9lie", "Do it");
        var old = (string)changed["texts"]!["en"]!["hash"]!;
        var signature = CampaignServer.Signature("texts@example.org", locale: "en");
        signature["textHash"] = old;
        using var mine = shared.Server.Bearing(await shared.Server.SignAndConfirmAsync(slug, signature));

        await (
            await shared.Staff.PatchAsync(
                path,
                HttpAnswers.Json("""{"texts":{"en":{"title":"Other","demand":"Other"}}}""")
            )
        ).ProblemAsync(409, "wrong-state");
        // The same texts again are no change.
        await CampaignServer.Expect(200, await shared.Staff.PatchAsync(path, HttpAnswers.Json(texts)));
        var second = await (
            await CampaignServer.Expect(
                201,
                await shared.Staff.PostAsync(
                    path + "/texts",
                    HttpAnswers.Json(
                        """{"texts":{"en":{"title":"Second","demand":"Do it now"},"nl":{"title":"Nieuw","demand":"Doe het"}}}"""
                    )
                )
            )
        ).BodyAsync();
        AssertHash(slug, "en", second["texts"]!["en"]!, 2, "Second", "Do it now");
        AssertHash(slug, "nl", second["texts"]!["nl"]!, 1, "Nieuw", "Doe het");
        Assert.Equal(1, (int)second["texts"]!["nb"]!["version"]!);
        Assert.Equal(["nb", "en", "nl"], second["texts"]!.AsObject().Select(text => text.Key));

        // Who signed the old words stays with them; nobody can sign them any more.
        Assert.Equal(old, (string?)(await (await mine.GetAsync("/api/my/signature")).BodyAsync())["textHash"]);
        signature["email"] = "later@example.org";
        await (await shared.Http.PostAsJsonAsync($"/api/campaigns/{slug}/signatures", signature)).ProblemAsync(
            409,
            "text-changed"
        );
        foreach (
            var (body, field) in ((string, string)[])
                [
                    ("{}", "texts"),
                    ("""{"texts":{}}""", "texts"),
                    ("""{"texts":{"en":{"title":"x"}}}""", "texts.en.demand"),
                ]
        )
            await (await shared.Staff.PostAsync(path + "/texts", HttpAnswers.Json(body))).RefusesFieldsAsync(field);
    }

    [Fact]
    public async Task A_privacy_notice_that_was_shown_keeps_its_words()
    {
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, Body("notice")));
        var version = (string)Body("notice")["privacyNotice"]!["version"]!;
        await (
            await shared.Staff.PatchAsJsonAsync(
                Path + "/notice",
                new { privacyNotice = new { version, text = "Other words" } }
            )
        ).RefusesFieldsAsync("privacyNotice.version");
        await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(
                Path + "/notice",
                new { privacyNotice = new { version = "next", text = "Other words" } }
            )
        );
    }

    private static void AssertHash(string slug, string locale, JsonNode text, int version, string title, string demand)
    {
        Assert.Equal(
            (version, title, demand),
            ((int)text["version"]!, (string)text["title"]!, (string)text["demand"]!)
        );
        var preimage = $"campaign-text-v1\n{slug}\n{locale}\n{version}\n{title}\n{demand}";
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(preimage))),
            (string?)text["hash"]
        );
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent content) =>
        shared.Staff.SendAsync(new HttpRequestMessage(method, path) { Content = content });

    private static JsonObject Body(string slug)
    {
        var body = Example.Campaign();
        body["slug"] = slug;
        return body;
    }
}
