using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Subscribers;

/// <summary>
/// Asking for updates, the link in the letter, and the link that ends them, which the tests take
/// from where a letter with an update would have it.
/// </summary>
public sealed class SubscriptionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private CampaignServer Server => shared.Server;

    [Fact]
    public async Task Answer_is_the_same_for_every_address()
    {
        await SubscribeAsync("subscribed@example.org");
        var left = await SubscribeAsync("left@example.org");
        await CampaignServer.Expect(200, await PressAsync(left));
        await RequestAsync("pending@example.org");
        for (var i = 0; i < 6; i++)
            await RequestAsync("full@example.org");
        await Server.SignAsync(shared.Slug, CampaignServer.Signature("notme@example.org"));
        var notMe = (await Server.Mail.WaitForAsync("notme@example.org", "/not-me/")).Token("/not-me/");
        await CampaignServer.Expect(200, await shared.Http.NotMeAsync(notMe));
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("signed@example.org"));

        string[] names = ["new", "subscribed", "left", "pending", "full", "notme", "signed", "SUBSCRIBED"];
        var seen = new List<string>();
        foreach (var name in names)
        {
            var before = Counted();
            seen.Add(await (await RequestAsync($"{name}@example.org")).SeenAsync());
            // One commit for each.
            Assert.Equal(before + 1, Counted());
        }
        Assert.StartsWith("202", seen[0], StringComparison.Ordinal);
        Assert.Contains(
            Convert.ToHexString("{\"status\":\"check-your-mail\"}"u8),
            Assert.Single(seen.Distinct()),
            StringComparison.Ordinal
        );

        long Counted() =>
            Server.Query<long>("SELECT CAST(sum(value) AS bigint) FROM network_requests WHERE kind = 'find'");
    }

    [Fact]
    public async Task Address_gets_no_more_letters_than_by_signing()
    {
        for (var i = 0; i < 7; i++)
            await RequestAsync("often@example.org");
        await Server.WaitForMailAsync();
        Assert.Equal(5, Server.Mail.To("often@example.org").Count);
    }

    [Fact]
    public async Task Letters_about_a_signature_count_towards_the_limit_of_the_address()
    {
        const string Address = "both@example.org";
        await Server.SignAsync(shared.Slug, CampaignServer.Signature(Address));
        await Server.WriteAsync(
            """
            INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at)
            SELECT l.id + n.n, l.campaign_id, l.signature_id, l.kind, l.locale, 0, 'sent', l.created_at, l.due_at
            FROM letters l JOIN (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) n ON 1 = 1
            WHERE l.id = (SELECT max(id) FROM letters)
            """
        );
        await RequestAsync(Address);
        await Server.WaitForMailAsync();
        Assert.DoesNotContain(Server.Mail.To(Address), letter =>
            letter.Text.Contains("/subscribe/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Only_the_button_subscribes_and_a_scanner_changes_nothing()
    {
        await RequestAsync("kari@example.org", locale: "nb");
        var letter = await Server.Mail.WaitForAsync("kari@example.org", "/subscribe/");
        Assert.Single(Regex.Matches(letter.Text, "href="));
        Assert.DoesNotContain("List-Unsubscribe", letter.Raw, StringComparison.OrdinalIgnoreCase);
        var path = "/subscribe/" + letter.Token("/subscribe/");
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Get])
        {
            using var request = new HttpRequestMessage(method, path);
            await CampaignServer.Expect(200, await shared.Http.SendAsync(request));
        }
        Assert.Equal("pending", State("nb"));
        await CampaignServer.Expect(200, await shared.Http.PostAsync(path, null));
        await CampaignServer.Expect(200, await shared.Http.PostAsync(path, null));
        Assert.Equal("active", State("nb"));
        await CampaignServer.Expect(404, await shared.Http.PostAsync(path + "x", null));
        await CampaignServer.Expect(404, await shared.Http.GetAsync("/subscribe/" + new string('A', 48)));

        string State(string locale) =>
            Server.Query<string>("SELECT state FROM subscribers WHERE locale = @locale", new { locale });
    }

    [Fact]
    public async Task Mail_program_ends_it_by_one_request_without_login_or_redirect()
    {
        var token = await SubscribeAsync("one-click@example.org");
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var look = new HttpRequestMessage(method, "/unsubscribe/" + token);
            await CampaignServer.Expect(200, await shared.Http.SendAsync(look));
        }
        Assert.True(Server.IsSubscriber("one-click@example.org", shared.Slug));

        using var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
        using var provider = new HttpClient(handler) { BaseAddress = Server.Url };
        foreach (var origin in (string[])["https://mail.example", "null"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/unsubscribe/" + token)
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]),
            };
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
            var answer = await provider.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.False(Server.IsSubscriber("one-click@example.org", shared.Slug));
        }
        using var parts = new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } };
        await CampaignServer.Expect(200, await provider.PostAsync("/unsubscribe/" + token, parts));
        await CampaignServer.Expect(404, await provider.PostAsync("/unsubscribe/" + token[..^1] + "!", null));
        await CampaignServer.Expect(404, await provider.PostAsync("/unsubscribe/" + new string('A', 71), null));
        Assert.Contains(
            "\"type\":\"unsubscribed\"",
            await File.ReadAllTextAsync(Path.Combine(Server.Folder, "journal.jsonl")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Bad_fields_are_named_and_a_changed_notice_is_refused()
    {
        await (await PostAsync("{}")).RefusesFieldsAsync("email", "consent");
        await (await PostAsync("""{"email":"x","consent":false,"country":"XX","locale":1}""")).RefusesFieldsAsync(
            "email",
            "consent",
            "country",
            "locale"
        );
        await (await PostAsync("""{"email":"kari@example.org","consent":"yes"}""")).RefusesFieldsAsync("consent");
        await (await PostAsync("[")).ProblemAsync(400, "malformed-body");
        await (await PostAsync("""{"email":"kari@example.org","consent":true,"noticeVersion":"0"}""")).ProblemAsync(
            409,
            "text-changed"
        );
        await (
            await shared.Http.PostAsJsonAsync("/api/campaigns/nowhere/subscriptions", Body("kari@example.org"))
        ).ProblemAsync(404, "no-such-campaign");
    }

    [Fact]
    public async Task Closed_campaign_takes_subscriptions_and_an_archived_one_does_not()
    {
        var slug = await Server.OpenCampaignAsync("closing");
        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"/api/staff/campaigns/{slug}/close", null));
        await CampaignServer.Expect(202, await RequestAsync("late@example.org", slug: slug));
        await CampaignServer.Expect(204, await shared.Staff.PostAsync($"/api/staff/campaigns/{slug}/archive", null));
        await (await RequestAsync("late@example.org", slug: slug)).ProblemAsync(409, "campaign-closed");
    }

    [Fact]
    public async Task Token_is_in_no_log()
    {
        var token = await SubscribeAsync("logged@example.org");
        await PressAsync(token);
        await shared.Http.GetAsync("/unsubscribe/" + token);
        var log = await File.ReadAllTextAsync(Path.Combine(Server.Folder, "test.log"));
        Assert.DoesNotContain(token, log, StringComparison.Ordinal);
        Assert.DoesNotContain("logged@example", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_see_numbers_and_few_where_a_campaign_is_sensitive()
    {
        var slug = await Server.OpenCampaignAsync("counted");
        for (var i = 0; i < 6; i++)
            await SubscribeAsync($"counted{i}@example.org", slug, country: i < 5 ? "NO" : null, locale: "nl");
        var path = $"/api/staff/campaigns/{slug}/subscribers";
        Assert.Equal(
            """{"total":6,"countries":[{"country":"NO","subscribers":5},{"country":null,"subscribers":1}],"""
                + "\"locales\":[{\"locale\":\"nl\",\"subscribers\":6}]}",
            (await (await shared.Staff.GetAsync(path)).BodyAsync()).ToJsonString()
        );
        await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync($"/api/staff/campaigns/{slug}", new { sensitive = true })
        );
        Assert.Equal(
            """{"total":6,"countries":[{"country":"NO","subscribers":5},"""
                + """{"country":null,"subscribers":null,"few":true}],"""
                + "\"locales\":[{\"locale\":\"nl\",\"subscribers\":6}]}",
            (await (await shared.Staff.GetAsync(path)).BodyAsync()).ToJsonString()
        );
    }

    private static JsonObject Body(string email, string? country = null, string locale = "en") =>
        new()
        {
            ["email"] = email,
            ["country"] = country,
            ["locale"] = locale,
            ["consent"] = true,
        };

    private Task<HttpResponseMessage> RequestAsync(string email, string locale = "en", string? slug = null) =>
        shared.Http.PostAsJsonAsync($"/api/campaigns/{slug ?? shared.Slug}/subscriptions", Body(email, null, locale));

    private Task<HttpResponseMessage> PostAsync(string body) =>
        shared.Http.PostAsync($"/api/campaigns/{shared.Slug}/subscriptions", HttpAnswers.Json(body));

    // Returns the token of the link that unsubscribes.
    private async Task<string> SubscribeAsync(
        string email,
        string? slug = null,
        string? country = null,
        string locale = "en"
    )
    {
        await CampaignServer.Expect(
            202,
            await shared.Http.PostAsJsonAsync(
                $"/api/campaigns/{slug ?? shared.Slug}/subscriptions",
                Body(email, country, locale)
            )
        );
        var letter = await Server.Mail.WaitForAsync(email, "/subscribe/");
        await CampaignServer.Expect(
            200,
            await shared.Http.PostAsync("/subscribe/" + letter.Token("/subscribe/"), null)
        );
        return Server.UnsubscribeToken(email, slug ?? shared.Slug);
    }

    private Task<HttpResponseMessage> PressAsync(string token) => shared.Http.PostAsync("/unsubscribe/" + token, null);
}
