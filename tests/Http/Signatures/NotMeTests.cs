using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>
/// "This was not me" keeps its promise whatever has become of the signature, and staff can take it
/// back. The tests move the clock, so each has its own server.
/// </summary>
public sealed class NotMeTests : IAsyncLifetime
{
    private const string Victim = "victim@example.org";

    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Link_of_an_expired_signature_stops_letters()
    {
        var link = await LinkAsync();
        await ExpireAsync();
        await AssertStopsAsync(link);
    }

    [Fact]
    public async Task Link_of_an_erased_signature_stops_letters()
    {
        var link = await LinkAsync();
        using var mine = _server.WithBearer(await _server.ConfirmAsync(_server.Mail.To(Victim)[0].Token("/confirm/")));
        await CampaignServer.Expect(204, await mine.DeleteAsync("/api/my/signature"));
        await AssertStopsAsync(link);
    }

    [Fact]
    public async Task Link_of_an_expired_signature_erases_the_pending_one_of_its_address()
    {
        var link = await LinkAsync();
        await ExpireAsync();
        await SignAsync();
        await CampaignServer.Expect(200, await _server.Http.NotMeAsync(link));
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM signatures WHERE state = 'erased'"));
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM signatures WHERE state = 'pending'"));
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM letters"));
    }

    [Fact]
    public async Task Link_of_an_expired_signature_works_while_its_index_key_is_looked_up()
    {
        var link = await LinkAsync();
        await ExpireAsync();
        await RotateIndexAsync();
        await AssertStopsAsync(link);
    }

    [Fact]
    public async Task Link_whose_index_key_is_retired_is_refused_without_a_promise()
    {
        var link = await LinkAsync();
        await ExpireAsync();
        await RotateIndexAsync();
        await _server.RunAsync<Campaigns.Worker.Keys.ReencryptJob>();
        var retired = await _server
            .Services.GetRequiredService<KeyStore>()
            .RetireAsync(KeyFiles.Index, 1, Actor.Operator);
        Assert.Null(retired.Refused);
        await CampaignServer.Expect(404, await _server.Http.NotMeAsync(link));
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM suppressions"));
    }

    [Fact]
    public async Task Button_without_the_tick_changes_nothing()
    {
        var link = await LinkAsync();
        foreach (var form in (string[])["", "sure=", "sure=no", "consents.sign=yes"])
        {
            using var body = new StringContent(form, null, "application/x-www-form-urlencoded");
            var answer = await CampaignServer.Expect(400, await _server.Http.PostAsync($"/not-me/{link}", body));
            Assert.Contains("Tick the box first.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        await CampaignServer.Expect(400, await _server.Http.PostAsync($"/not-me/{link}", null));
        Assert.Equal("pending", _server.Query<string>("SELECT state FROM signatures"));
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM suppressions"));
    }

    [Fact]
    public async Task Page_says_for_how_long_and_for_which_petition()
    {
        var link = await LinkAsync();
        foreach (
            var (locale, term, others) in ((string, string, string)[])
                [
                    ("en", "For 90 days", "Other petitions"),
                    ("nl", "90 dagen lang", "andere petities"),
                    ("nb", "I 90 dager", "Andre kampanjer"),
                ]
        )
        {
            var page = await _server.Http.GetStringAsync($"/not-me/{link}?lang={locale}");
            Assert.Contains("petition-title", page, StringComparison.Ordinal);
            Assert.Contains(term, page, StringComparison.Ordinal);
            Assert.Contains(others, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Changed_address_in_the_link_is_refused()
    {
        var link = await LinkAsync();
        Assert.Equal(71, link.Length);
        for (var at = 0; at < link.Length; at += 7)
        {
            var changed = link[..at] + (link[at] == 'A' ? 'B' : 'A') + link[(at + 1)..];
            await CampaignServer.Expect(404, await _server.Http.NotMeAsync(changed));
        }
        // The link of a letter from before links had the address.
        var (campaign, id) = _server.Query<(long, long)>("SELECT campaign_id, id FROM signatures");
        var old = _server.Services.GetRequiredService<KeyRing>().Tokens.Write(LinkPurpose.NotMe, campaign, id, 0);
        await CampaignServer.Expect(200, await _server.Http.NotMeAsync(old));
        await CampaignServer.Expect(404, await _server.Http.NotMeAsync(old));
    }

    [Fact]
    public async Task Staff_count_find_and_lift_a_suppression()
    {
        using var staff = await _server.StaffAsync();
        Assert.Empty(await CountsAsync(staff));
        await CampaignServer.Expect(200, await _server.Http.NotMeAsync(await LinkAsync()));
        Assert.Equal("""[{"reason":"not-me","addresses":1}]""", (await CountsAsync(staff)).ToJsonString());
        Assert.Empty(await FindAsync(staff, "kari@example.org"));
        var found = Assert.Single(await FindAsync(staff, "Victim@EXAMPLE.org"))!;
        Assert.Equal((_slug, "not-me"), ((string)found["campaign"]!, (string)found["reason"]!));
        Assert.Equal(TimeSpan.FromDays(90), (DateTimeOffset)found["until"]! - (DateTimeOffset)found["since"]!);
        var lift = $"/api/staff/suppressions/{found["id"]}/lift";
        await (await staff.PostAsJsonAsync(lift, new { reason = "" })).RefusesFieldsAsync("reason");
        await (await staff.PostAsJsonAsync(lift, new { reason = $"{Victim} asked" })).RefusesFieldsAsync("reason");
        await (await staff.PostAsJsonAsync(lift, new { reason = 1 })).RefusesFieldsAsync("reason");
        await CampaignServer.Expect(204, await staff.PostAsJsonAsync(lift, new { reason = "The owner asked." }));
        await CampaignServer.Expect(404, await staff.PostAsJsonAsync(lift, new { reason = "The owner asked." }));
        Assert.Empty(await FindAsync(staff, Victim));
        await SignAsync();
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM signatures WHERE state = 'pending'"));
        var audit = (await staff.ListAsync("/api/staff/audit?from=2000-01-01T00:00:00Z")).ToJsonString();
        Assert.Contains("suppression.find", audit, StringComparison.Ordinal);
        Assert.Contains("The owner asked.", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("ictim", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suppressions_are_out_of_reach_of_organisers_and_auditors()
    {
        foreach (var (role, countries) in ((string, string[])[])[("organiser", ["NO"]), ("auditor", [])])
        {
            using var staff = await _server.StaffAsync(role, countries);
            await CampaignServer.Expect(404, await staff.GetAsync($"/api/staff/campaigns/{_slug}/suppressions"));
            await CampaignServer.Expect(
                404,
                await staff.PostAsJsonAsync("/api/staff/suppressions/find", new { email = Victim })
            );
            await CampaignServer.Expect(
                404,
                await staff.PostAsJsonAsync("/api/staff/suppressions/1/lift", new { reason = "x" })
            );
        }
    }

    private async Task AssertStopsAsync(string link)
    {
        await CampaignServer.Expect(200, await _server.Http.GetAsync($"/not-me/{link}"));
        await CampaignServer.Expect(200, await _server.Http.NotMeAsync(link));
        var letters = _server.Mail.To(Victim).Count;
        await SignAsync();
        await _server.WaitForMailAsync();
        Assert.Equal(letters, _server.Mail.To(Victim).Count);
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM signatures WHERE state = 'pending'"));
        // A second press is answered in the same way.
        await CampaignServer.Expect(200, await _server.Http.NotMeAsync(link));
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM suppressions"));
    }

    // A signature does not expire before its letter is marked as sent.
    private async Task ExpireAsync()
    {
        await _server.WaitForMailAsync();
        _server.Clock.Advance(TimeSpan.FromDays(8));
        await _server.RunAsync<ExpirePendingJob>();
        Assert.Equal("expired", _server.Query<string>("SELECT state FROM signatures"));
    }

    private Task RotateIndexAsync() =>
        _server.Services.GetRequiredService<KeyStore>().RotateAsync(KeyFiles.Index, Actor.Operator);

    private Task SignAsync() => _server.SignAsync(_slug, CampaignServer.Signature(Victim));

    private async Task<string> LinkAsync()
    {
        await SignAsync();
        return (await _server.Mail.WaitForAsync(Victim, "/not-me/")).Token("/not-me/");
    }

    private async Task<JsonArray> CountsAsync(HttpClient staff) =>
        (
            await (
                await CampaignServer.Expect(200, await staff.GetAsync($"/api/staff/campaigns/{_slug}/suppressions"))
            ).BodyAsync()
        )["counts"]!.AsArray();

    private static async Task<JsonArray> FindAsync(HttpClient staff, string email) =>
        (
            await (
                await CampaignServer.Expect(
                    200,
                    await staff.PostAsJsonAsync("/api/staff/suppressions/find", new { email })
                )
            ).BodyAsync()
        )["items"]!.AsArray();
}
