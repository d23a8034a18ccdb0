using System.Diagnostics;
using System.Net.Http.Json;
using Campaigns.Db;
using Campaigns.Db.Keys;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>No answer reveals whether an address is known, and no mailbox is flooded.</summary>
public sealed class EqualAnswersTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int LettersAWeek = 5;

    private CampaignServer Server => shared.Server;

    [Fact]
    public async Task Answer_is_the_same_for_known_and_unknown_addresses()
    {
        await SignAsync("pending@example.org");
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("confirmed@example.org"));
        await InvalidateAsync("invalidated@example.org", "duplicate");
        await InvalidateAsync("mistaken@example.org", "error");
        await NotMeAsync("notme@example.org");
        using (
            var mine = Server.WithBearer(
                await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("withdrawn@example.org"))
            )
        )
            await mine.PostAsync("/api/my/signature/withdraw", null);
        using (
            var mine = Server.WithBearer(
                await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("erased@example.org"))
            )
        )
            await mine.DeleteAsync("/api/my/signature");
        for (var i = 0; i <= LettersAWeek; i++)
            await SignAsync("full@example.org");
        await HoldAsync("held@example.org", "held-confirmed@example.org");
        await Server.ConfirmAsync(
            (await Server.Mail.WaitForAsync("held-confirmed@example.org", "/confirm/")).Token("/confirm/")
        );
        await SignAsync("bounced@example.org");
        await SuppressAsync("bounced@example.org");

        string[] addresses =
        [
            "new",
            "pending",
            "confirmed",
            "held",
            "held-confirmed",
            "bounced",
            "invalidated",
            "mistaken",
            "notme",
            "withdrawn",
            "erased",
            "full",
            "PENDING",
            "Confirmed",
            "Held",
        ];
        foreach (var path in (string[])["signatures", "manage-link"])
        {
            var seen = new List<string>();
            foreach (var address in addresses.Select(name => name + "@example.org").Append("never-signed@example.org"))
                seen.Add(
                    await (
                        await shared.Http.PostAsJsonAsync(
                            $"/api/campaigns/{shared.Slug}/{path}",
                            CampaignServer.Signature(address)
                        )
                    ).SeenAsync()
                );
            Assert.StartsWith("202", seen[0], StringComparison.Ordinal);
            Assert.Single(seen.Distinct());
            Assert.Contains(
                Convert.ToHexString("{\"status\":\"check-your-mail\"}"u8),
                seen[0],
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Request_is_committed_before_its_answer_for_every_kind_of_address()
    {
        string[] kinds = ["pending", "confirmed", "held", "bounced", "notme"];
        foreach (var kind in kinds.Except(["held", "notme"]))
            await SignAsync(Address(kind));
        await HoldAsync(Address("held"));
        await NotMeAsync(Address("notme"));
        await Server.ConfirmAsync(
            (await Server.Mail.WaitForAsync(Address("confirmed"), "/confirm/")).Token("/confirm/")
        );
        await SuppressAsync(Address("bounced"));
        foreach (var kind in kinds.Append("fresh"))
        {
            var before = Counted();
            await SignAsync(Address(kind));
            Assert.Equal(before + 1, Counted());
        }

        static string Address(string kind) => $"committed-{kind}@example.org";

        // Each signing is counted for its network in the same commit.
        long Counted() =>
            Server.Query<long>("SELECT CAST(sum(value) AS bigint) FROM network_requests WHERE kind = 'sign'");
    }

    [Fact]
    public async Task Answer_takes_about_the_same_time_for_known_and_unknown_addresses()
    {
        const int Samples = 25;
        string[] kinds = ["fresh", "pending", "confirmed", "held", "bounced", "notme"];
        // A separate address for every sample: a second repeat may exceed the letter limit and do less work.
        foreach (var kind in kinds.Except(["fresh", "held"]))
            await Task.WhenAll(Of(kind).Select(address => SignAsync(address)));
        await HoldAsync(Of("held"));
        foreach (var link in (await Server.Mail.TokensAsync("/confirm/", Of("confirmed"))).Values)
            await Server.ConfirmAsync(link);
        foreach (var link in (await Server.Mail.TokensAsync("/not-me/", Of("notme"))).Values)
            await shared.Http.NotMeAsync(link);
        await SuppressAsync(Of("bounced"));
        await Server.WaitForMailAsync();

        var times = kinds.ToDictionary(kind => kind, _ => new List<double>());
        for (var i = 0; i < Samples; i++)
        {
            // In turn, so that other load on the machine affects all kinds alike.
            foreach (var kind in kinds)
                times[kind].Add(await TimeAsync(Of(kind)[i]));
        }
        var fresh = Median(times["fresh"]);
        // The limits are generous for busy machines. What matters is that no answer skips the commit.
        Assert.All(kinds, kind => Assert.InRange(Median(times[kind]) / fresh, 0.25, 4));

        string[] Of(string kind) => [.. Enumerable.Range(0, Samples).Select(i => $"{kind}-{i}@example.org")];

        async Task<double> TimeAsync(string address)
        {
            var started = Stopwatch.GetTimestamp();
            await SignAsync(address);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    [Fact]
    public async Task Address_gets_five_letters_a_week_and_one_more_a_day_for_other_data()
    {
        const string Address = "quota@example.org";
        for (var i = 0; i < LettersAWeek; i++)
        {
            await SignAsync(Address, name: $"Kari {(char)('A' + i)}");
            await Server.Mail.WaitForAsync(Address, "/confirm/", i + 1);
        }
        // A stranger used the limit up. The owner of the address is not locked out.
        foreach (var name in (string[])["Another Name", "Another Name", "A Third Name"])
            await SignAsync(Address, name: name);
        await shared.Http.PostAsJsonAsync($"/api/campaigns/{shared.Slug}/manage-link", new { email = Address });
        await Server.WaitForMailAsync();

        var letters = Server.Mail.To(Address);
        Assert.Equal(LettersAWeek + 1, letters.Count);
        // Older links are invalid. The last one mailed confirms the data that came with it.
        foreach (var older in letters.SkipLast(1))
            await (await ConfirmAsync(older.Token("/confirm/"))).ProblemAsync(404, "link-not-usable");
        using var mine = Server.WithBearer(await Server.ConfirmAsync(letters[^1].Token("/confirm/")));
        Assert.Equal("Another Name", (string?)(await (await mine.GetAsync("/api/my/signature")).BodyAsync())["name"]);
        await Server.WaitForMailAsync();
        Assert.Equal(LettersAWeek + 1, Server.Mail.To(Address).Count);
    }

    [Fact]
    public async Task Repeat_of_a_confirmed_signer_changes_nothing_and_mails_the_manage_link()
    {
        const string Address = "again@example.org";
        var token = await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature(Address));
        await SignAsync(Address, name: "Another Name");
        await Server.WaitForMailAsync();
        var letters = Server.Mail.To(Address);
        Assert.Equal(3, letters.Count);
        Assert.DoesNotContain("/confirm/", letters[2].Text, StringComparison.Ordinal);
        Assert.Equal(token, letters[2].Token("/my/"));
        using var mine = Server.WithBearer(token);
        Assert.Equal("Kari Nordmann", (string?)(await (await mine.GetAsync("/api/my/signature")).BodyAsync())["name"]);
    }

    [Fact]
    public async Task Manage_link_is_mailed_only_to_addresses_that_signed()
    {
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("link@example.org"));
        // A letter that still waits is cancelled by the next one, whose link is newer.
        await Server.WaitForMailAsync();
        foreach (var address in (string[])["link@example.org", "LINK@EXAMPLE.ORG", "stranger@example.org"])
        {
            await CampaignServer.Expect(
                202,
                await shared.Http.PostAsJsonAsync($"/api/campaigns/{shared.Slug}/manage-link", new { email = address })
            );
            await Server.WaitForMailAsync();
        }
        Assert.Equal(4, Server.Mail.To("link@example.org").Count);
        Assert.Empty(Server.Mail.To("stranger@example.org"));

        foreach (var body in (string[])["{}", """{"email":17}""", """{"email":"x"}"""])
            await (
                await shared.Http.PostAsync($"/api/campaigns/{shared.Slug}/manage-link", HttpAnswers.Json(body))
            ).RefusesFieldsAsync("email");
        await (
            await shared.Http.PostAsync($"/api/campaigns/{shared.Slug}/manage-link", HttpAnswers.Json("{"))
        ).ProblemAsync(400, "malformed-body");
        await (
            await shared.Http.PostAsync(
                $"/api/campaigns/{shared.Slug}/manage-link",
                HttpAnswers.Json("{}", "text/plain")
            )
        ).ProblemAsync(415, "media-type");
        await (await shared.Http.PostAsync("/api/campaigns/nowhere/manage-link", HttpAnswers.Json("{}"))).ProblemAsync(
            404,
            "no-such-campaign"
        );
    }

    private async Task SignAsync(string address, string name = "Kari Nordmann") =>
        await CampaignServer.Expect(202, await shared.SignAsync(CampaignServer.Signature(address, name)));

    private Task<HttpResponseMessage> ConfirmAsync(string token) =>
        shared.Http.PostAsJsonAsync("/api/confirmations", new { token });

    private async Task InvalidateAsync(string address, string reason)
    {
        await Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature(address));
        var id = Server.Query<long>("SELECT max(id) FROM signatures WHERE state = 'confirmed'");
        await CampaignServer.Expect(
            204,
            await shared.Staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{shared.Slug}/signatures/{id}/invalidate",
                new { reason }
            )
        );
    }

    /// <summary>Signs while the network is over its limit.</summary>
    private async Task HoldAsync(params string[] addresses)
    {
        var limits = Server.Services.GetRequiredService<IOptions<LimitOptions>>().Value;
        var (most, before) = (limits.HoldAfterPerNetworkPerHour, Held());
        limits.HoldAfterPerNetworkPerHour = 0;
        foreach (var address in addresses)
            await SignAsync(address);
        limits.HoldAfterPerNetworkPerHour = most;
        Assert.Equal(addresses.Length, Held() - before);

        long Held() => Server.Query<long>("SELECT count(*) FROM signatures WHERE hold_reason IS NOT NULL");
    }

    /// <summary>Suppresses the addresses as after a bounce, while their rows still exist.</summary>
    private async Task SuppressAsync(params string[] addresses)
    {
        var campaign = Server.Query<long>("SELECT id FROM campaigns WHERE slug = @Slug", new { shared.Slug });
        var index = Server.Services.GetRequiredService<KeyRing>().BlindIndex;
        foreach (var address in addresses)
        {
            Assert.Equal(
                1,
                await Server.WriteAsync(
                    """
                    INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until)
                    SELECT 1, campaign_id, blind_index, index_version, 'bounced', 0, @until FROM signatures
                    WHERE campaign_id = @campaign AND blind_index = @index
                    """,
                    new
                    {
                        campaign,
                        index = index.Compute(campaign, address),
                        until = long.MaxValue,
                    }
                )
            );
        }
    }

    private async Task NotMeAsync(string address)
    {
        await SignAsync(address);
        var letter = await Server.Mail.WaitForAsync(address, "/not-me/");
        var answer = await shared.Http.NotMeAsync(letter.Token("/not-me/"));
        Assert.True((int)answer.StatusCode < 400);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
