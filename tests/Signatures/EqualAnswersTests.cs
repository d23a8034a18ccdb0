using System.Diagnostics;
using System.Net.Http.Json;
using Campaigns.Tests.Running;

namespace Campaigns.Tests.Signatures;

/// <summary>Nobody learns from an answer whether an address is known, and no mailbox is flooded through us.</summary>
public sealed class EqualAnswersTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int LettersAWeek = 5;

    private CampaignServer Server => shared.Server;

    [Fact]
    public async Task Whatever_is_known_of_an_address_the_answer_is_the_same()
    {
        await SignAsync("pending@example.org");
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("confirmed@example.org"));
        await InvalidateAsync("invalidated@example.org", "duplicate");
        await InvalidateAsync("mistaken@example.org", "error");
        await NotMeAsync("notme@example.org");
        using (var mine = Server.Bearing(await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("withdrawn@example.org"))))
            await mine.PostAsync("/api/my/signature/withdraw", null);
        using (var mine = Server.Bearing(await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("erased@example.org"))))
            await mine.DeleteAsync("/api/my/signature");
        for (var i = 0; i <= LettersAWeek; i++) await SignAsync("full@example.org");

        string[] addresses = ["new", "pending", "confirmed", "invalidated", "mistaken", "notme", "withdrawn", "erased", "full", "PENDING", "Confirmed"];
        foreach (var path in (string[])["signatures", "manage-link"])
        {
            var seen = new List<string>();
            foreach (var address in addresses.Select(name => name + "@example.org").Append("never-signed@example.org"))
                seen.Add(await (await shared.Http.PostAsJsonAsync($"/api/campaigns/{shared.Slug}/{path}", CampaignServer.Signature(address))).SeenAsync());
            Assert.StartsWith("202", seen[0], StringComparison.Ordinal);
            Assert.Single(seen.Distinct());
            Assert.Contains(Convert.ToHexString("{\"status\":\"check-your-mail\"}"u8), seen[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task New_and_known_addresses_take_much_the_same_time()
    {
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("timed@example.org"));
        var known = new List<double>();
        var fresh = new List<double>();
        for (var i = 0; i < 60; i++)
        {
            fresh.Add(await TimeAsync($"fresh-{i}@example.org"));
            known.Add(await TimeAsync("timed@example.org"));
        }
        // Generous, for machines that do other things: what matters is that no answer skips the commit.
        Assert.InRange(Median(known) / Median(fresh), 0.25, 4);

        async Task<double> TimeAsync(string address)
        {
            var started = Stopwatch.GetTimestamp();
            await SignAsync(address);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    [Fact]
    public async Task An_address_gets_five_letters_a_week_and_the_last_link_mailed_stays_good()
    {
        const string Address = "quota@example.org";
        for (var i = 0; i < LettersAWeek; i++)
        {
            await SignAsync(Address, name: $"Kari {(char)('A' + i)}");
            await Server.Mail.WaitForAsync(Address, "/confirm/", i + 1);
        }
        for (var i = 0; i < 3; i++) await SignAsync(Address, name: "Somebody Else");
        await shared.Http.PostAsJsonAsync($"/api/campaigns/{shared.Slug}/manage-link", new { email = Address });
        await Server.MailedAsync();

        var letters = Server.Mail.To(Address);
        Assert.Equal(LettersAWeek, letters.Count);
        // Older links are dead, the last one mailed confirms what was asked for with it.
        foreach (var older in letters.SkipLast(1)) await (await ConfirmAsync(older.Token("/confirm/"))).ProblemAsync(404, "link-not-usable");
        using var mine = Server.Bearing(await Server.ConfirmAsync(letters[^1].Token("/confirm/")));
        Assert.Equal("Kari E", (string?)(await (await mine.GetAsync("/api/my/signature")).BodyAsync())["name"]);
        await Server.MailedAsync();
        Assert.Equal(LettersAWeek, Server.Mail.To(Address).Count);
    }

    [Fact]
    public async Task A_repeat_when_confirmed_changes_nothing_and_mails_the_manage_link()
    {
        const string Address = "again@example.org";
        var token = await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature(Address));
        await SignAsync(Address, name: "Somebody Else");
        await Server.MailedAsync();
        var letters = Server.Mail.To(Address);
        Assert.Equal(3, letters.Count);
        Assert.DoesNotContain("/confirm/", letters[2].Text, StringComparison.Ordinal);
        Assert.Equal(token, letters[2].Token("/my/"));
        using var mine = Server.Bearing(token);
        Assert.Equal("Kari Nordmann", (string?)(await (await mine.GetAsync("/api/my/signature")).BodyAsync())["name"]);
    }

    [Fact]
    public async Task A_manage_link_is_mailed_to_whom_signed_and_to_nobody_else()
    {
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("link@example.org"));
        foreach (var address in (string[])["link@example.org", "LINK@EXAMPLE.ORG", "stranger@example.org"])
            await CampaignServer.Expect(202, await shared.Http.PostAsJsonAsync($"/api/campaigns/{shared.Slug}/manage-link", new { email = address }));
        await Server.MailedAsync();
        Assert.Equal(4, Server.Mail.To("link@example.org").Count);
        Assert.Empty(Server.Mail.To("stranger@example.org"));

        foreach (var body in (string[])["{}", """{"email":17}""", """{"email":"x"}"""])
            await (await shared.Http.PostAsync($"/api/campaigns/{shared.Slug}/manage-link", Answers.Json(body))).RefusesFieldsAsync("email");
        await (await shared.Http.PostAsync($"/api/campaigns/{shared.Slug}/manage-link", Answers.Json("{"))).ProblemAsync(400, "malformed-body");
        await (await shared.Http.PostAsync($"/api/campaigns/{shared.Slug}/manage-link", Answers.Json("{}", "text/plain"))).ProblemAsync(415, "media-type");
        await (await shared.Http.PostAsync("/api/campaigns/nowhere/manage-link", Answers.Json("{}"))).ProblemAsync(404, "no-such-campaign");
    }

    private async Task SignAsync(string address, string name = "Kari Nordmann") => await CampaignServer.Expect(202, await shared.SignAsync(CampaignServer.Signature(address, name)));

    private Task<HttpResponseMessage> ConfirmAsync(string token) => shared.Http.PostAsJsonAsync("/api/confirmations", new { token });

    private async Task InvalidateAsync(string address, string reason)
    {
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature(address));
        var id = Server.Query<long>("SELECT max(id) FROM signatures WHERE state = 'confirmed'");
        await CampaignServer.Expect(204, await shared.Staff.PostAsJsonAsync($"/api/staff/campaigns/{shared.Slug}/signatures/{id}/invalidate", new { reason }));
    }

    private async Task NotMeAsync(string address)
    {
        await SignAsync(address);
        var letter = await Server.Mail.WaitForAsync(address, "/not-me/");
        var answer = await shared.Http.PostAsync($"/not-me/{letter.Token("/not-me/")}", new FormUrlEncodedContent([]));
        Assert.True((int)answer.StatusCode < 400);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
