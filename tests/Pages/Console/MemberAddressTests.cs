using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// Confirming and changing the address that a member signs in with, on pages and as JSON, and the
/// warnings while no letter reaches an administrator.
/// </summary>
public sealed class MemberAddressTests : IAsyncLifetime
{
    private const string Kari = "kari@example.org";
    private const string New = "kari.new@example.org";
    private const string Link = "/staff/confirm-address/";

    private SignInFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SignInFixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Button_behind_the_link_confirms_and_ends_the_warnings()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        Assert.Contains("not confirmed", await client.GetAsync("/staff/me"), StringComparison.Ordinal);
        const string Sentence = "No administrator has a confirmed e-mail address";
        Assert.Contains(Sentence, await client.GetAsync("/staff"), StringComparison.Ordinal);
        Assert.Contains("no letter reaches one", await client.GetAsync("/staff/system"));
        Assert.Equal(
            "administrators",
            (string?)Assert.Single(await WarningsAsync(client, "/api/staff/today"))!["name"]
        );
        Assert.Equal(
            "administrators",
            (string?)Assert.Single(await WarningsAsync(client, "/api/staff/system"))!["name"]
        );
        var ready = await (await CampaignServer.Expect(200, await client.Http.GetAsync("/healthz/ready"))).BodyAsync();
        Assert.Equal(["administrators"], ready["warnings"]!.AsObject().Select(warning => warning.Key));

        // The letter may be read in a browser that is not signed in.
        using var phone = new ConsoleBrowser(_fixture.Server);
        var link = Link + (await _fixture.Server.Mail.WaitForAsync(Kari, Link)).Token(Link);
        await phone.GetAsync(link);
        Assert.False((await MeAsync(client)).Confirmed);
        await phone.PostAsync(link, 200);
        Assert.Contains("Your address is confirmed", phone.Page, StringComparison.Ordinal);
        await phone.GetAsync(link, 404);
        Assert.True((await MeAsync(client)).Confirmed);
        Assert.DoesNotContain(Sentence, await client.GetAsync("/staff"), StringComparison.Ordinal);
        Assert.Empty(await WarningsAsync(client, "/api/staff/system"));
    }

    [Fact]
    public async Task Only_administrators_see_the_warnings_on_today()
    {
        var (kari, _) = await _fixture.MemberAsync(Role.Campaigner);
        using var client = kari;
        Assert.Empty(await WarningsAsync(client, "/api/staff/today"));
    }

    [Fact]
    public async Task Address_is_changed_on_the_page_once_the_new_one_is_confirmed()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        await ConfirmAsync(Kari);
        await client.GetAsync("/staff/me/address");
        await client.PostAsync("/staff/me/address", 400, ("email", "kari"));
        Assert.Contains("This is not an e-mail address.", client.Page, StringComparison.Ordinal);
        Assert.Equal("/staff/me", await client.PostAsync("/staff/me/address", 303, ("email", New)));
        Assert.Equal((Kari, New, true), await MeAsync(client));
        Assert.Contains($"A letter went to {New}", await client.GetAsync("/staff/me"), StringComparison.Ordinal);
        await ConfirmAsync(New);
        Assert.Equal((New, null, true), await MeAsync(client));
        await _fixture.Server.Mail.WaitForAsync(Kari, "Another e-mail address replaced this one");
        (await _fixture.GivePasswordAsync(status: 400)).Dispose();
        (await _fixture.GivePasswordAsync(email: New)).Dispose();
    }

    [Fact]
    public async Task Address_is_changed_as_json_by_a_session_that_proved_itself()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        const string Address = "/api/staff/me/email";
        foreach (var wrong in (object[])[new { email = "kari" }, new { email = (string?)null }, new { }])
            await (await client.Http.PostAsJsonAsync(Address, wrong)).RefusesFieldsAsync("email");
        await (await client.Http.PostAsJsonAsync(Address, new { email = New, more = 1 })).RefusesFieldsAsync("more");
        await CampaignServer.Expect(202, await client.Http.PostAsJsonAsync(Address, new { email = New }));
        await ConfirmAsync(New);
        Assert.Equal((New, null, true), await MeAsync(client));
        await (await client.Http.PostAsJsonAsync(Address, new { email = New })).RefusesFieldsAsync("email");
        _fixture.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        await (await client.Http.PostAsJsonAsync(Address, new { email = Kari })).ProblemAsync(
            403,
            "second-factor-needed"
        );
        Assert.StartsWith(
            "/staff/me/prove",
            await client.RedirectOfAsync("/staff/me/address"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Invitation_brings_its_link_by_letter_where_an_address_is_given()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        await client.GetAsync("/staff/people");
        (string, string)[] fields = [("name", "Anne"), ("role", Role.Auditor), ("countries", "")];
        await client.PostAsync("/staff/people/invitations", 400, [.. fields, ("email", "anne")]);
        Assert.Contains("value=\"anne\"", client.Page, StringComparison.Ordinal);
        await client.PostAsync("/staff/people/invitations", 200, [.. fields, ("email", "anne@example.org")]);
        Assert.Contains("A letter brings the link as well.", client.Page, StringComparison.Ordinal);
        var shown = Assert.Single(client.Codes());
        var letter = await _fixture.Server.Mail.WaitForAsync("anne@example.org", "/staff/join/");
        Assert.EndsWith(letter.Token("/staff/join/"), shown, StringComparison.Ordinal);

        const string Invitations = "/api/staff/invitations";
        var asked = new
        {
            name = "Bart",
            role = Role.Auditor,
            email = "bart@example.org",
        };
        await (await client.Http.PostAsJsonAsync(Invitations, asked with { email = "bart" })).RefusesFieldsAsync(
            "email"
        );
        await CampaignServer.Expect(201, await client.Http.PostAsJsonAsync(Invitations, asked));
        await _fixture.Server.Mail.WaitForAsync("bart@example.org", "/staff/join/");
    }

    [Fact]
    public async Task Reset_sends_the_member_a_letter()
    {
        (await _fixture.JoinAsync(await _fixture.InviteAsync(Role.Campaigner))).Dispose();
        await ConfirmAsync(Kari);
        var member = _fixture.Server.Services.GetRequiredService<MemberStore>().List().Single();
        using var administrator = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Administrator);
        await administrator.GetAsync($"/staff/people/{member.Id}");
        await administrator.PostAsync($"/staff/people/{member.Id}/reset", 200);
        var letter = await _fixture.Server.Mail.WaitForAsync(Kari, "Once it is used, your password");
        Assert.DoesNotContain("/staff/join/", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Member_sees_sign_ins_failures_and_changes_of_the_own_access()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        (await _fixture.GivePasswordAsync("not the password", status: 400)).Dispose();
        var page = await client.GetAsync("/staff/me");
        foreach (
            var words in (string[])["Signed in on a new device", "A sign-in failed", "Set up an authenticator app"]
        )
            Assert.Contains(words, page, StringComparison.Ordinal);
        var events = (await (await client.Http.GetAsync("/api/staff/me/events")).BodyAsync())["items"]!.AsArray();
        Assert.Equal("sign-in.fail", (string?)events[0]!["action"]);
        Assert.Equal("staff.add", (string?)events[^1]!["action"]);
        using var other = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Campaigner);
        Assert.DoesNotContain("A sign-in failed", await other.GetAsync("/staff/me"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passkey_is_ended_as_json_unless_it_is_the_only_second_factor()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        var member = _fixture.Server.Services.GetRequiredService<MemberStore>().List().Single();
        var (first, second) = (await AddPasskeyAsync(member.Id, 1), await AddPasskeyAsync(member.Id, 2));
        await CampaignServer.Expect(204, await client.Http.DeleteAsync(first));
        await (await client.Http.DeleteAsync(first)).ProblemAsync(404, "not-found");
        await _fixture.Server.WriteAsync("UPDATE staff_accounts SET authenticator_at = NULL");
        await (await client.Http.DeleteAsync(second)).ProblemAsync(409, "wrong-state");
    }

    private async Task<string> AddPasskeyAsync(long member, byte number)
    {
        var store = _fixture.Server.Services.GetRequiredService<PasskeyStore>();
        var passkey = new UserPasskeyInfo([number], [2], default, 0, null, true, false, false, [3], [4]);
        await store.AddAsync(member, new NewPasskey("localhost", "phone", passkey));
        return "/api/staff/me/passkeys/" + Ids.Text(store.List(member)[^1].Id);
    }

    private async Task ConfirmAsync(string address)
    {
        var token = (await _fixture.Server.Mail.WaitForAsync(address, Link)).Token(Link);
        Assert.Null(await _fixture.Server.Services.GetRequiredService<AddressStore>().ConfirmAsync(token));
    }

    private static async Task<JsonArray> WarningsAsync(ConsoleBrowser client, string address) =>
        (await (await client.Http.GetAsync(address)).BodyAsync())["warnings"]!.AsArray();

    private static async Task<(string? Email, string? Pending, bool Confirmed)> MeAsync(ConsoleBrowser client)
    {
        var me = await (await client.Http.GetAsync("/api/staff/me")).BodyAsync();
        return ((string?)me["email"], (string?)me["emailPending"], (bool)me["emailConfirmed"]!);
    }
}
