using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>PATCH of a campaign: RFC 7396, unknown fields, ETag and If-Match.</summary>
public sealed class MergePatchTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Path = "/api/staff/campaigns";

    [Fact]
    public async Task Null_clears_missing_stays_objects_merge_and_arrays_replace()
    {
        var before = await CreateAsync("merged");
        var patch = """
            {"handOverOn":null,"answerWithinDays":null,"controller":{"contact":"new@example.org"},"goal":77,
                "texts":{"nl":null,"fr":{"title":"Titre","demand":"Texte"},"nb":{"title":"Ny"},"xx":null},
                "countries":[{"country":"IS","goal":5,"locale":null}],"allowedOrigins":null}
            """;
        var after = await (await PatchAsync("merged", patch)).BodyAsync();
        Assert.Null(after["handOverOn"]);
        Assert.Null(after["answerWithinDays"]);
        Assert.Equal((string?)before["controller"]!["name"], (string?)after["controller"]!["name"]);
        Assert.Equal("new@example.org", (string?)after["controller"]!["contact"]);
        Assert.Equal(["en", "nb", "fr"], after["texts"]!.AsObject().Select(text => text.Key));
        Assert.Equal("Ny", (string?)after["texts"]!["nb"]!["title"]);
        Assert.Equal((string?)before["texts"]!["nb"]!["demand"], (string?)after["texts"]!["nb"]!["demand"]);
        Assert.Equal("""[{"country":"IS","goal":5,"locale":null}]""", after["countries"]!.ToJsonString());
        Assert.Empty(after["allowedOrigins"]!.AsArray());
        foreach (var field in (string[])["organisation", "privacyNotice", "recipients", "eraseAfterDays", "sensitive"])
            Assert.True(JsonNode.DeepEquals(before[field], after[field]), field);
        foreach (var required in (string[])["organisation", "controller", "privacyNotice", "texts", "goal"])
            await (await SendAsync("merged", $$"""{"{{required}}":null}""", null)).RefusesFieldsAsync(required);
    }

    [Fact]
    public async Task Answer_and_each_of_its_parts_can_be_sent_back_unchanged()
    {
        var shown = await CreateAsync("sent-back", body => body["recipients"]![0]!.AsObject().Remove("address"));
        foreach (var field in (string[])["state", "confirmed", "eraseOn"])
            Assert.True(shown.ContainsKey(field), field);
        var parts = shown.Select(field => new JsonObject { [field.Key] = field.Value?.DeepClone() });
        foreach (var part in parts.Append(shown))
        {
            var after = await (await PatchAsync("sent-back", part.ToJsonString())).BodyAsync();
            Assert.Equal(shown.ToJsonString(), after.ToJsonString());
        }
    }

    [Fact]
    public async Task Slug_and_state_cannot_be_patched()
    {
        await CreateAsync("fixed-slug");
        await (
            await shared.Staff.PatchAsync(
                Path + "/fixed-slug",
                HttpAnswers.Json("""{"slug":"other-slug","state":"open","goal":5}""")
            )
        ).RefusesFieldsAsync("slug", "state");
    }

    [Fact]
    public async Task Day_of_erasure_follows_the_term()
    {
        await CreateAsync("erase-on");
        var after = await (
            await PatchAsync(
                "erase-on",
                """
                {"opensAt":null,"closesAt":"2030-05-01T12:00:00.000Z","handOverOn":"2030-05-17","eraseAfterDays":10}
                """
            )
        ).BodyAsync();
        Assert.Equal("2030-05-28", (string?)after["eraseOn"]);
        Assert.Null((await (await PatchAsync("erase-on", """{"eraseAfterDays":null}""")).BodyAsync())["eraseOn"]);
    }

    [Fact]
    public async Task Unknown_fields_of_staff_bodies_and_patches_are_named()
    {
        await CreateAsync("unknown-fields");
        var body = Example.Campaign("never-made");
        body["colour"] = "red";
        body["controller"]!["phone"] = "1";
        body["texts"]!["en"]!["body"] = "x";
        body["countries"]![0]!["name"] = "x";
        body["recipients"]![0]!["mail"] = null;
        await (await shared.Staff.PostAsJsonAsync(Path, body)).RefusesFieldsAsync(
            "colour",
            "controller.phone",
            "texts.en.body",
            "countries[0].name",
            "recipients[0].mail"
        );
        foreach (
            var (method, address, json, paths) in ((HttpMethod, string, string, string)[])
                [
                    (
                        HttpMethod.Patch,
                        "",
                        """{"colour":null,"privacyNotice":{"hash":"x"}}""",
                        "colour,privacyNotice.hash"
                    ),
                    (
                        HttpMethod.Post,
                        "/texts",
                        """{"texts":{"en":{"title":"t","demand":"d","x":1}},"y":2}""",
                        "texts.en.x,y"
                    ),
                    (HttpMethod.Post, "/packets", """{"recipient":"embassy-london","copies":2}""", "copies"),
                    (HttpMethod.Post, "/signatures/1/invalidate", """{"reason":"spam","note":"x"}""", "note"),
                ]
        )
            await (
                await shared.Staff.SendAsync(
                    new HttpRequestMessage(method, $"{Path}/unknown-fields{address}")
                    {
                        Content = HttpAnswers.Json(json),
                    }
                )
            ).RefusesFieldsAsync(paths.Split(','));
    }

    [Fact]
    public async Task Signers_patch_only_what_they_name_and_clear_nothing()
    {
        var signature = CampaignServer.Signature("patching@example.org");
        using var mine = shared.Server.WithBearer(await shared.Server.SignAndConfirmAsync(shared.Slug, signature));
        foreach (
            var (json, path) in ((string, string)[])
                [
                    ("""{"disclosure":null}""", "disclosure"),
                    ("""{"consents":null}""", "consents"),
                    ("""{"consents":{"updates":null}}""", "consents.updates"),
                    ("""{"consents":{"sign":false}}""", "consents.sign"),
                    ("""{"email":"other@example.org"}""", "email"),
                ]
        )
            await (await mine.PatchAsync("/api/my/signature", HttpAnswers.Json(json))).RefusesFieldsAsync(path);
        var after = await (
            await CampaignServer.Expect(
                200,
                await mine.PatchAsync("/api/my/signature", HttpAnswers.Json("""{"consents":{"updates":false}}"""))
            )
        ).BodyAsync();
        Assert.Equal("name", (string?)after["disclosure"]);
        Assert.False((bool)after["consents"]!["updates"]!);
        // The public body of signing ignores unknown fields.
        var other = CampaignServer.Signature("ignoring@example.org");
        other["colour"] = "red";
        await CampaignServer.Expect(202, await shared.SignAsync(other));
    }

    [Fact]
    public async Task Tag_is_sent_with_the_campaign_and_changes_with_every_edit()
    {
        var created = await CampaignServer.Expect(
            201,
            await shared.Staff.PostAsJsonAsync(Path, Example.Campaign("tagged"))
        );
        var first = Tag(created);
        Assert.Equal(first, Tag(await shared.Staff.GetAsync(Path + "/tagged")));
        var second = Tag(await PatchAsync("tagged", """{"goal":5}""", first));
        Assert.NotEqual(first, second);
        await (await PatchAsync("tagged", """{"goal":6}""", first, 412)).ProblemAsync(412, "changed-meanwhile");
        await (await PatchAsync("tagged", """{"goal":6}""", "W/" + second, 412)).ProblemAsync(412, "changed-meanwhile");
        await (await PatchAsync("tagged", """{"goal":6}""", "nonsense", 412)).ProblemAsync(412, "changed-meanwhile");
        Assert.Equal(5, (int)(await (await shared.Staff.GetAsync(Path + "/tagged")).BodyAsync())["goal"]!);
        await PatchAsync("tagged", """{"goal":7}""", $"\"other\", {second}");
        await PatchAsync("tagged", """{"goal":8}""", "*");
        await CampaignServer.Expect(204, await shared.Staff.PostAsync(Path + "/tagged/open", null));
        Assert.NotEqual(Tag(await shared.Staff.GetAsync(Path + "/tagged")), second);
    }

    [Fact]
    public async Task Of_many_changes_with_one_tag_exactly_one_wins()
    {
        await CreateAsync("contested");
        var tag = Tag(await shared.Staff.GetAsync(Path + "/contested"));
        var answers = await Task.WhenAll(
            Enumerable.Range(1, 10).Select(goal => SendAsync("contested", $$"""{"goal":{{goal}}}""", tag))
        );
        var winner = Assert.Single(answers, answer => (int)answer.StatusCode == 200);
        Assert.Equal(9, answers.Count(answer => (int)answer.StatusCode == 412));
        Assert.Equal(
            (int)(await winner.BodyAsync())["goal"]!,
            (int)(await (await shared.Staff.GetAsync(Path + "/contested")).BodyAsync())["goal"]!
        );
    }

    private async Task<JsonObject> CreateAsync(string slug, Action<JsonObject>? change = null)
    {
        var body = Example.Campaign(slug);
        change?.Invoke(body);
        return await (await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Path, body))).BodyAsync();
    }

    private async Task<HttpResponseMessage> PatchAsync(
        string slug,
        string json,
        string? tag = null,
        int status = 200
    ) => await CampaignServer.Expect(status, await SendAsync(slug, json, tag));

    private Task<HttpResponseMessage> SendAsync(string slug, string json, string? tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, $"{Path}/{slug}") { Content = HttpAnswers.Json(json) };
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        return shared.Staff.SendAsync(request);
    }

    private static string Tag(HttpResponseMessage answer) => answer.Headers.ETag!.ToString();
}
