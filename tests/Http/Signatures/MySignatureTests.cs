using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>The signer's own operations, by the manage token.</summary>
public sealed class MySignatureTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Mine = "/api/my/signature";

    [Fact]
    public async Task Signature_shows_exactly_what_is_stored()
    {
        using var mine = await SignedAsync("shown@Example.ORG");
        var answer = await mine.GetAsync(Mine);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var stored = await answer.BodyAsync();
        Assert.Equal(
            [
                "campaign",
                "state",
                "name",
                "email",
                "country",
                "locality",
                "locale",
                "disclosure",
                "consents",
                "textHash",
                "signedAt",
                "confirmedAt",
                "ledgerEntry",
                "held",
            ],
            stored.Select(field => field.Key)
        );
        Assert.Equal("shown@Example.ORG", (string?)stored["email"]);
        Assert.Equal("Bergen", (string?)stored["locality"]);
        Assert.Equal("nb", (string?)stored["locale"]);
        Assert.Equal("name", (string?)stored["disclosure"]);
        Assert.Equal("""{"sign":true,"updates":true}""", stored["consents"]!.ToJsonString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string)stored["signedAt"]!);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string)stored["confirmedAt"]!);
        var campaign = await shared.Server.GetJsonAsync($"/api/campaigns/{shared.Slug}");
        Assert.Equal((string?)campaign["texts"]!["nb"]!["hash"], (string?)stored["textHash"]);
    }

    [Fact]
    public async Task Without_a_valid_token_everything_is_401()
    {
        using var mine = await SignedAsync("token@example.org");
        var good = mine.DefaultRequestHeaders.Authorization!.Parameter!;
        var confirm = shared.Server.Mail.To("token@example.org")[0].Token("/confirm/");
        foreach (
            var wrong in (string?[])
                [
                    null,
                    "Bearer",
                    "Bearer ",
                    "Bearer x",
                    "Bearer " + confirm,
                    "Bearer " + good + "x",
                    "Basic " + good,
                    good,
                    "Token " + good,
                ]
        )
        {
            foreach (
                var (method, path) in ((HttpMethod, string)[])
                    [
                        (HttpMethod.Get, ""),
                        (HttpMethod.Patch, ""),
                        (HttpMethod.Delete, ""),
                        (HttpMethod.Post, "/withdraw"),
                        (HttpMethod.Get, "/receipt"),
                    ]
            )
            {
                using var request = new HttpRequestMessage(method, Mine + path);
                if (wrong is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", wrong);
                await (await shared.Http.SendAsync(request)).ProblemAsync(401, "not-signed-in");
            }
        }
        using var twice = new HttpRequestMessage(HttpMethod.Get, Mine);
        twice.Headers.TryAddWithoutValidation("Authorization", "bearer " + good);
        await CampaignServer.Expect(200, await shared.Http.SendAsync(twice));
    }

    [Fact]
    public async Task Only_disclosure_and_updates_can_be_changed()
    {
        using var mine = await SignedAsync("change@example.org");
        var before = await (await mine.GetAsync(Mine)).BodyAsync();
        foreach (
            var (body, disclosure, updates) in ((string, string, bool)[])
                [
                    ("""{"disclosure":"count"}""", "count", true),
                    ("""{"consents":{"updates":false}}""", "count", false),
                    ("""{"disclosure":"initials","consents":{"updates":true}}""", "initials", true),
                    ("{}", "initials", true),
                    ("""{"consents":{}}""", "initials", true),
                    ("""{"disclosure":"name"}""", "name", true),
                ]
        )
        {
            var after = await (await CampaignServer.Expect(200, await PatchAsync(mine, body))).BodyAsync();
            Assert.Equal((disclosure, updates), ((string)after["disclosure"]!, (bool)after["consents"]!["updates"]!));
            var read = await (await mine.GetAsync(Mine)).BodyAsync();
            // The ledger may be sealed between the two answers.
            after["ledgerEntry"] = read["ledgerEntry"] = null;
            Assert.Equal(after.ToJsonString(), read.ToJsonString());
        }
        before["ledgerEntry"] = null;
        var last = await (await mine.GetAsync(Mine)).BodyAsync();
        last["ledgerEntry"] = null;
        Assert.Equal(before.ToJsonString(), last.ToJsonString());
        // Each consent that was given and withdrawn keeps its row.
        Assert.Equal(
            4,
            shared.Server.Query<long>(
                """
                SELECT count(*) FROM consents
                WHERE purpose IN ('disclose', 'updates') AND signature_id = (SELECT max(id) FROM signatures)
                    AND withdrawn_at IS NOT NULL
                """
            ) + 1
        );
    }

    [Theory]
    [InlineData("""{"disclosure":1}""", "disclosure")]
    [InlineData("""{"disclosure":"all"}""", "disclosure")]
    [InlineData("""{"disclosure":["name"]}""", "disclosure")]
    [InlineData("""{"consents":true}""", "consents")]
    [InlineData("""{"consents":[]}""", "consents")]
    [InlineData("""{"consents":{"updates":"yes"}}""", "consents.updates")]
    [InlineData("""{"consents":{"updates":1}}""", "consents.updates")]
    [InlineData("""{"consents":{"sign":false}}""", "consents.sign")]
    [InlineData("""{"state":"erased"}""", "state")]
    [InlineData("""{"country":"GB"}""", "country")]
    public async Task Invalid_change_names_the_field(string body, string path)
    {
        using var mine = await SignedAsync($"wrong-{Guid.NewGuid():n}@example.org");
        await (await PatchAsync(mine, body)).RefusesFieldsAsync(path);
    }

    [Fact]
    public async Task Body_that_is_not_JSON_is_refused()
    {
        using var mine = await SignedAsync("nojson@example.org");
        await (await PatchAsync(mine, "{")).ProblemAsync(400, "malformed-body");
        await (await mine.PatchAsync(Mine, HttpAnswers.Json("{}", "text/plain"))).ProblemAsync(415, "media-type");
        await (await PatchAsync(mine, new string(' ', 20_000))).ProblemAsync(413, "body-too-large");
    }

    [Fact]
    public async Task Signer_without_a_name_cannot_disclose_one()
    {
        var body = CampaignServer.Signature("noname@example.org", disclosure: "count");
        body.Remove("name");
        using var mine = shared.Server.WithBearer(await shared.Server.SignAndConfirmAsync(shared.Slug, body));
        Assert.Null((await (await mine.GetAsync(Mine)).BodyAsync())["name"]);
        await (await PatchAsync(mine, """{"disclosure":"initials"}""")).RefusesFieldsAsync("disclosure");
    }

    [Fact]
    public async Task Withdrawal_is_repeatable_and_visible()
    {
        using var mine = await SignedAsync("withdraw@example.org");
        for (var i = 0; i < 3; i++)
            await CampaignServer.Expect(204, await mine.PostAsync(Mine + "/withdraw", null));
        var stored = await (await mine.GetAsync(Mine)).BodyAsync();
        Assert.Equal("withdrawn", (string?)stored["state"]);
        Assert.False((bool)stored["consents"]!["sign"]!);
        await (await PatchAsync(mine, """{"disclosure":"count"}""")).ProblemAsync(409, "wrong-state");
        await CampaignServer.Expect(204, await mine.DeleteAsync(Mine));
        await (await mine.GetAsync(Mine)).ProblemAsync(401, "not-signed-in");
    }

    [Fact]
    public async Task Erasure_invalidates_the_token_and_leaves_nothing()
    {
        using var mine = await SignedAsync("erase@example.org");
        var id = shared.Server.Query<long>("SELECT max(id) FROM signatures");
        await CampaignServer.Expect(204, await mine.DeleteAsync(Mine));
        await (await mine.GetAsync(Mine)).ProblemAsync(401, "not-signed-in");
        await (await mine.DeleteAsync(Mine)).ProblemAsync(401, "not-signed-in");
        await (await mine.PostAsync(Mine + "/withdraw", null)).ProblemAsync(401, "not-signed-in");
        await (await PatchAsync(mine, "{}")).ProblemAsync(401, "not-signed-in");
        await (await mine.GetAsync(Mine + "/receipt")).ProblemAsync(401, "not-signed-in");
        Assert.Equal(
            1,
            shared.Server.Query<long>(
                """
                SELECT count(*) FROM signatures
                WHERE id = @id AND state = 'erased'
                  AND COALESCE(blind_index, contact, person, ledger_key, commitment) IS NULL
                  AND COALESCE(ledger_n, signed_at, confirmed_at) IS NULL
                  AND COALESCE(locale, disclosure, text_hash) IS NULL
                """,
                new { id }
            )
        );
        Assert.Equal(
            0,
            shared.Server.Query<long>("SELECT count(*) FROM consents WHERE signature_id = @id", new { id })
        );
        Assert.Equal(
            0,
            shared.Server.Query<long>("SELECT count(*) FROM ledger_entries WHERE signature_id = @id", new { id })
        );
        Assert.Equal(
            0,
            shared.Server.Query<long>("SELECT count(*) FROM ledger_queue WHERE signature_id = @id", new { id })
        );
    }

    [Fact]
    public async Task Receipt_exists_after_sealing()
    {
        await using var slow = await CampaignServer.StartAsync(null, "--Ledger:MinBatch=1000");
        var slug = await slow.OpenCampaignAsync();
        using var early = slow.WithBearer(
            await slow.SignAndConfirmAsync(slug, CampaignServer.Signature("early@example.org"))
        );
        await (await early.GetAsync(Mine + "/receipt")).ProblemAsync(409, "not-yet-sealed");
        Assert.Null((await (await early.GetAsync(Mine)).BodyAsync())["ledgerEntry"]);

        using var mine = await SignedAsync("receipt@example.org");
        HttpResponseMessage answer = null!;
        await CampaignServer.UntilAsync(
            async () => (int)(answer = await mine.GetAsync(Mine + "/receipt")).StatusCode == 200,
            "no receipt"
        );
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var receipt = await answer.BodyAsync();
        Assert.Equal(
            ["campaign", "n", "key", "textHash", "country", "email", "commitment", "leafHash", "headJws", "proof"],
            receipt.Select(field => field.Key)
        );
        Assert.Equal((long)receipt["n"]!, (long)(await (await mine.GetAsync(Mine)).BodyAsync())["ledgerEntry"]!);
    }

    private async Task<HttpClient> SignedAsync(string address) =>
        shared.Server.WithBearer(
            await shared.Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature(address))
        );

    private static Task<HttpResponseMessage> PatchAsync(HttpClient mine, string body) =>
        mine.PatchAsync(Mine, HttpAnswers.Json(body));
}
