using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>The life of a link. The tests move the clock, so each has its own server.</summary>
public sealed class ConfirmingTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Used_link_gives_the_same_answer_for_seven_days()
    {
        var token = await LinkAsync("kari@example.org");
        // Used shortly before its expiry, so that the seven days end after the link's own.
        _server.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(5));
        var first = await SeenAsync(token);
        Assert.StartsWith("200", first, StringComparison.Ordinal);
        _server.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(5));
        Assert.Equal(first, await SeenAsync(token));
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await (await PressAsync(token)).ProblemAsync(404, "link-not-usable");
        Assert.Equal(1, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!);
    }

    [Fact]
    public async Task Answer_has_exactly_the_fields_of_the_contract()
    {
        var token = await LinkAsync("kari@example.org");
        var answer = await PressAsync(token);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var body = await answer.BodyAsync();
        Assert.Equal(["campaign", "country", "status", "manageToken", "held"], body.Select(field => field.Key));
        Assert.Equal(_slug, (string?)body["campaign"]);
        Assert.Equal("NO", (string?)body["country"]);
        Assert.Equal("confirmed", (string?)body["status"]);
        Assert.Matches("^[A-Za-z0-9_-]{48}$", (string)body["manageToken"]!);
    }

    [Fact]
    public async Task Link_lasts_seven_days_and_expired_signers_may_sign_again()
    {
        var token = await LinkAsync("kari@example.org");
        _server.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await (await PressAsync(token)).ProblemAsync(404, "link-not-usable");
        await _server.RunAsync<ExpirePendingJob>();
        Assert.Equal(
            1,
            _server.Query<long>(
                """
                SELECT count(*) FROM signatures
                WHERE state = 'expired' AND contact IS NULL AND person IS NULL AND blind_index IS NULL
                """
            )
        );
        await (await PressAsync(token)).ProblemAsync(404, "link-not-usable");
        await _server.SignAsync(_slug, CampaignServer.Signature("kari@example.org", country: "GB"));
        await _server.ConfirmAsync(await _server.Mail.NextTokenAsync("kari@example.org", "/confirm/", token));
        Assert.Equal(2, _server.Query<long>("SELECT count(*) FROM signatures"));
    }

    [Fact]
    public async Task Repeat_after_expiry_works_before_the_expiry_job_has_run()
    {
        var token = await LinkAsync("kari@example.org");
        _server.Clock.Advance(TimeSpan.FromDays(8));
        await _server.SignAsync(_slug, CampaignServer.Signature("kari@example.org", name: "Kari Again"));
        var newer = await _server.Mail.NextTokenAsync("kari@example.org", "/confirm/", token);
        await (await PressAsync(token)).ProblemAsync(404, "link-not-usable");
        await _server.ConfirmAsync(newer);
    }

    [Fact]
    public async Task Link_works_after_the_campaign_closed_but_signing_does_not()
    {
        var token = await LinkAsync("kari@example.org");
        using var staff = await _server.StaffAsync();
        await CampaignServer.Expect(204, await staff.PostAsync($"/api/staff/campaigns/{_slug}/close", null));
        await (await SignAsync("late@example.org")).ProblemAsync(409, "campaign-closed");
        await _server.ConfirmAsync(token);
        await CampaignServer.Expect(204, await staff.PostAsync($"/api/staff/campaigns/{_slug}/archive", null));
        await (await SignAsync("later@example.org")).ProblemAsync(409, "campaign-closed");
        Assert.Equal(1, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!);
    }

    [Fact]
    public async Task Campaign_accepts_signatures_from_opensAt_to_before_closesAt()
    {
        var now = _server.Clock.GetUtcNow();
        var slug = await _server.OpenCampaignAsync("dated", body =>
        {
            body["opensAt"] = Instant.Text(now.AddDays(1));
            body["closesAt"] = Instant.Text(now.AddDays(2));
        });
        await (await SignAsync("early@example.org", slug)).ProblemAsync(409, "campaign-closed");
        _server.Clock.Advance(TimeSpan.FromDays(1.5));
        await CampaignServer.Expect(202, await SignAsync("right@example.org", slug));
        _server.Clock.Advance(TimeSpan.FromDays(0.5));
        await (await SignAsync("late@example.org", slug)).ProblemAsync(409, "campaign-closed");
    }

    [Fact]
    public async Task Withdrawn_erased_and_wrongly_invalidated_signers_may_sign_again()
    {
        using var staff = await _server.StaffAsync();
        foreach (
            var leave in (Func<HttpClient, Task<HttpResponseMessage>>[])
                [
                    mine => mine.PostAsync("/api/my/signature/withdraw", null),
                    mine => mine.DeleteAsync("/api/my/signature"),
                    _ =>
                        staff.PostAsJsonAsync(
                            $"/api/staff/campaigns/{_slug}/signatures/{NewestId()}/invalidate",
                            new { reason = "error" }
                        ),
                ]
        )
        {
            await SignAsync("kari@example.org");
            await _server.WaitForMailAsync();
            var link = _server
                .Mail.To("kari@example.org")
                .Last(letter => letter.Text.Contains("/confirm/", StringComparison.Ordinal))
                .Token("/confirm/");
            using var mine = _server.WithBearer(await _server.ConfirmAsync(link));
            await CampaignServer.Expect(204, await leave(mine));
            await (await PressAsync(link)).ProblemAsync(404, "link-not-usable");
            Assert.Equal(0, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!);
        }
    }

    [Fact]
    public async Task Address_invalidated_for_cause_cannot_sign_again()
    {
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("robot@example.org"));
        using var staff = await _server.StaffAsync();
        var id = _server.Query<long>("SELECT id FROM signatures");
        await CampaignServer.Expect(
            204,
            await staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{_slug}/signatures/{id}/invalidate",
                new { reason = "made up" }
            )
        );
        await CampaignServer.Expect(202, await SignAsync("robot@example.org"));
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM signatures"));
    }

    [Fact]
    public async Task Not_me_link_erases_and_stops_letters_for_ninety_days()
    {
        await _server.SignAsync(_slug, CampaignServer.Signature("victim@example.org"));
        var letter = await _server.Mail.WaitForAsync("victim@example.org", "/not-me/");
        await CampaignServer.Expect(200, await _server.Http.NotMeAsync(letter.Token("/not-me/")));
        await (await PressAsync(letter.Token("/confirm/"))).ProblemAsync(404, "link-not-usable");
        await SignAsync("victim@example.org");
        _server.Clock.Advance(TimeSpan.FromDays(89));
        await SignAsync("victim@example.org");
        await _server.WaitForMailAsync();
        // The letter that they got is deleted with the signature, and no other was written.
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM letters"));
        _server.Clock.Advance(TimeSpan.FromDays(1.1));
        await SignAsync("victim@example.org");
        await _server.Mail.NextTokenAsync("victim@example.org", "/confirm/", letter.Token("/confirm/"));
    }

    [Fact]
    public async Task Links_of_another_purpose_and_changed_links_are_refused()
    {
        var token = await LinkAsync("kari@example.org");
        var notMe = _server.Mail.To("kari@example.org")[0].Token("/not-me/");
        var swapped = token[..10] + (token[10] == 'A' ? 'B' : 'A') + token[11..];
        foreach (
            var wrong in (string[])
                [notMe, swapped, token + "A", token[..^1], token.ToUpperInvariant(), " " + token, token + "=", "", "x"]
        )
            await (await PressAsync(wrong)).ProblemAsync(404, "link-not-usable");
        foreach (var body in (string[])["{}", """{"token":null}""", """{"token":17}""", """{"token":["x"]}"""])
            await (await _server.Http.PostAsync("/api/confirmations", HttpAnswers.Json(body))).RefusesFieldsAsync(
                "token"
            );
        await (await _server.Http.PostAsync("/api/confirmations", HttpAnswers.Json("nonsense"))).ProblemAsync(
            400,
            "malformed-body"
        );
        await (await _server.Http.PostAsync("/api/confirmations", HttpAnswers.Json("{}", "text/plain"))).ProblemAsync(
            415,
            "media-type"
        );
        await (
            await _server.Http.PostAsync("/api/confirmations", HttpAnswers.Json(new string(' ', 20_000)))
        ).ProblemAsync(413, "body-too-large");
        await _server.ConfirmAsync(token);
    }

    [Fact]
    public async Task Concurrent_presses_confirm_once()
    {
        var token = await LinkAsync("kari@example.org");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => SeenAsync(token)));
        Assert.StartsWith("200", Assert.Single(answers.Distinct()), StringComparison.Ordinal);
        Assert.Equal(1, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!);
        await _server.WaitForMailAsync();
        Assert.Equal(2, _server.Mail.To("kari@example.org").Count);
    }

    private Task<HttpResponseMessage> SignAsync(string address, string? slug = null) =>
        _server.Http.PostAsJsonAsync($"/api/campaigns/{slug ?? _slug}/signatures", CampaignServer.Signature(address));

    private async Task<string> LinkAsync(string address)
    {
        await _server.SignAsync(_slug, CampaignServer.Signature(address));
        var token = (await _server.Mail.WaitForAsync(address, "/confirm/")).Token("/confirm/");
        // Wait until the letter is marked as sent. A clock change before that makes it a late letter, whose link
        // lasts longer.
        await _server.WaitForMailAsync();
        return token;
    }

    private Task<HttpResponseMessage> PressAsync(string token) =>
        _server.Http.PostAsJsonAsync("/api/confirmations", new JsonObject { ["token"] = token });

    private async Task<string> SeenAsync(string token) => await (await PressAsync(token)).SeenAsync();

    private long NewestId() => _server.Query<long>("SELECT max(id) FROM signatures");
}
