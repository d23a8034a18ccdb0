using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>Staff create and change campaigns.</summary>
public sealed class StaffCampaignTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Path = "/api/staff/campaigns";

    [Fact]
    public async Task Created_campaign_is_returned_as_sent_and_reserves_its_slug()
    {
        var body = Example.Campaign("round-trip");
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
    public async Task Concurrent_creation_assigns_a_slug_once()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => shared.Staff.PostAsJsonAsync(Path, Example.Campaign("at-once")))
        );
        Assert.Equal(1, answers.Count(answer => (int)answer.StatusCode == 201));
        Assert.Equal(11, answers.Count(answer => (int)answer.StatusCode == 409));
    }

    [Fact]
    public async Task Risky_recipients_and_missing_disclosures_default_to_the_lowest()
    {
        var body = Example.Campaign("defaults");
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
    public async Task State_changes_are_repeatable_and_ordered_and_archived_is_final()
    {
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, Example.Campaign("moves")));
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
    public async Task Change_affects_only_the_named_fields_and_can_clear_dates()
    {
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, Example.Campaign("changes")));
        var before = await (await shared.Staff.GetAsync(Path + "/changes")).BodyAsync();
        var change = """
            {"goal":17,"closesAt":null,"handOverOn":"2031-01-02","allowedOrigins":["https://a.example"],
                "countries":[{"country":"IS","goal":5,"locale":null}]}
            """;
        var after = await (
            await CampaignServer.Expect(200, await shared.Staff.PatchAsync(Path + "/changes", HttpAnswers.Json(change)))
        ).BodyAsync();
        foreach (var (field, value) in JsonNode.Parse(change)!.AsObject())
        {
            Assert.True(JsonNode.DeepEquals(value, after[field]), field);
            before[field] = value?.DeepClone();
        }
        // Computed from the day that was cleared.
        before["eraseOn"] = null;
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
    public async Task Texts_change_freely_before_and_are_versioned_after_the_first_signature()
    {
        var slug = await shared.Server.OpenCampaignAsync("texts");
        var path = $"{Path}/{slug}";
        var texts = """
            {"texts":{"nb":{"title":" Ny tittel ","demand":"Linje\r\nto\r\n"},"nl":null,
                "en":{"title":"New Ame\u0301lie","demand":"Do it"}}}
            """;
        var changed = await (
            await CampaignServer.Expect(200, await shared.Staff.PatchAsync(path, HttpAnswers.Json(texts)))
        ).BodyAsync();
        Assert.Equal(["en", "nb"], changed["texts"]!.AsObject().Select(text => text.Key));
        AssertHash(slug, "nb", changed["texts"]!["nb"]!, 1, "Ny tittel", "Linje\nto");
        AssertHash(slug, "en", changed["texts"]!["en"]!, 1, "New Am\u00e9lie", "Do it");
        var old = (string)changed["texts"]!["en"]!["hash"]!;
        var signature = CampaignServer.Signature("texts@example.org", locale: "en");
        signature["textHash"] = old;
        using var mine = shared.Server.WithBearer(await shared.Server.SignAndConfirmAsync(slug, signature));

        await (
            await shared.Staff.PatchAsync(path, HttpAnswers.Json("""{"texts":{"en":{"title":"Other"}}}"""))
        ).ProblemAsync(409, "wrong-state");
        // The same texts again are no change.
        await CampaignServer.Expect(200, await shared.Staff.PatchAsync(path, HttpAnswers.Json(texts)));
        var second = await (
            await CampaignServer.Expect(
                201,
                await shared.Staff.PostAsync(
                    path + "/texts",
                    HttpAnswers.Json(
                        """
                        {"texts":{"en":{"title":"Second","demand":"Do it now"},
                            "nl":{"title":"Nieuw","demand":"Doe het"},
                            "fr":{"title":"Nouveau","demand":"Faites-le"}}}
                        """
                    )
                )
            )
        ).BodyAsync();
        AssertHash(slug, "en", second["texts"]!["en"]!, 2, "Second", "Do it now");
        AssertHash(slug, "nl", second["texts"]!["nl"]!, 1, "Nieuw", "Doe het");
        Assert.Equal(1, (int)second["texts"]!["nb"]!["version"]!);
        Assert.Equal(["en", "nb", "nl", "fr"], second["texts"]!.AsObject().Select(text => text.Key));

        // Earlier signers keep the old text, and it cannot be signed any more.
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
    public async Task Published_privacy_notice_cannot_be_changed()
    {
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, Example.Campaign("notice")));
        var version = (string)Example.Campaign("notice")["privacyNotice"]!["version"]!;
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
}
