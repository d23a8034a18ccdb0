using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Pages.Console;

/// <summary>Signing in with a password and a second factor, and what ends a session.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private SignInFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SignInFixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Invitation_works_once_and_for_three_days()
    {
        var link = await _fixture.InviteAsync();
        using var kari = await _fixture.JoinAsync(link);
        using var other = new ConsoleBrowser(_fixture.Server);
        await other.GetAsync(link, 404);
        var late = await _fixture.InviteAsync();
        _fixture.Server.Clock.Advance(InvitationStore.Lifetime);
        await other.GetAsync(late, 404);
    }

    [Fact]
    public async Task Session_without_second_factor_reaches_only_its_own_page()
    {
        using var kari = await _fixture.JoinAsync(await _fixture.InviteAsync());
        Assert.StartsWith("/staff/me/second-factor", await kari.RedirectOfAsync("/staff"), StringComparison.Ordinal);
        Assert.StartsWith(
            "/staff/me/second-factor",
            await kari.RedirectOfAsync("/staff/people"),
            StringComparison.Ordinal
        );
        foreach (var own in (string[])["tokens/new", "password", "recovery-codes"])
            Assert.StartsWith(
                "/staff/me/second-factor",
                await kari.RedirectOfAsync("/staff/me/" + own),
                StringComparison.Ordinal
            );
        await kari.GetAsync("/staff/me");
        Assert.Equal(
            "/staff/me/second-factor",
            await kari.PostAsync("/staff/me/tokens", 303, ("name", "wall"), ("days", "9"))
        );
        await (await kari.Http.GetAsync("/api/staff/campaigns")).ProblemAsync(403, "second-factor-needed");
        Assert.Equal(10, (await _fixture.SetUpAsync(kari)).Count);
        await kari.GetAsync("/staff/people");
    }

    [Fact]
    public async Task Password_and_code_lead_to_the_screen_that_was_asked_for()
    {
        var (kari, _) = await _fixture.MemberAsync();
        kari.Dispose();
        using var client = await _fixture.GivePasswordAsync();
        await client.GetAsync("/staff/me/prove", 303);
        using var again = new ConsoleBrowser(_fixture.Server);
        var signIn = await again.RedirectOfAsync("/staff/people?x=1");
        Assert.Equal("/staff/sign-in?next=%2Fstaff%2Fpeople%3Fx%3D1", signIn);
        await again.GetAsync(signIn);
        var next = again.Hidden("next");
        await again.PostAsync(
            "/staff/sign-in",
            200,
            ("email", "KARI@example.org"),
            ("password", SignInFixture.Password),
            ("next", next)
        );
        Assert.Equal(
            "/staff/people?x=1",
            await again.PostAsync(
                "/staff/sign-in/code",
                303,
                ("ticket", again.Hidden("ticket")),
                ("next", again.Hidden("next")),
                ("code", _fixture.NextCode())
            )
        );
        await again.GetAsync("/staff/people");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/staffing")]
    [InlineData("/my")]
    [InlineData("/staff/\r\nX: y")]
    [InlineData("/staff/é")]
    public async Task Sign_in_leads_to_no_other_place(string next)
    {
        using var client = new ConsoleBrowser(_fixture.Server);
        await client.GetAsync("/staff/sign-in?next=" + Uri.EscapeDataString(next));
        Assert.Equal("/staff", client.Hidden("next"));
    }

    [Fact]
    public async Task Code_works_once_and_a_recovery_code_once()
    {
        var (kari, recovery) = await _fixture.MemberAsync();
        kari.Dispose();
        var code = _fixture.NextCode();
        using var first = await _fixture.GivePasswordAsync();
        Assert.Equal("/staff", await SignInFixture.GiveCodeAsync(first, code));
        using var second = await _fixture.GivePasswordAsync();
        await SignInFixture.GiveCodeAsync(second, code, 400);
        Assert.Equal("/staff", await SignInFixture.GiveCodeAsync(second, recovery[0].ToLowerInvariant()));
        using var third = await _fixture.GivePasswordAsync();
        await SignInFixture.GiveCodeAsync(third, recovery[0], 400);
    }

    [Fact]
    public async Task Unknown_address_and_wrong_password_answer_the_same()
    {
        var (kari, _) = await _fixture.MemberAsync();
        kari.Dispose();
        using var wrong = await _fixture.GivePasswordAsync("not the password", status: 400);
        using var unknown = await _fixture.GivePasswordAsync("not the password", "else@example.org", 400);
        Assert.Equal(WithoutForm(wrong.Page), WithoutForm(unknown.Page).Replace("else@", "kari@"));
    }

    /// <summary>The time of a refusal is that of its hash.</summary>
    [Fact]
    public async Task Unknown_address_and_locked_account_cost_the_hash_of_a_wrong_password()
    {
        var hasher = new CountingHasher();
        await using var server = await CampaignServer.StartOnAsync(
            MachineClock.Running(),
            null,
            services => services.AddSingleton<IPasswordHasher<StaffAccount>>(hasher),
            "--environment",
            "Development"
        );
        var invitations = server.Services.GetRequiredService<InvitationStore>();
        var (_, token) = await invitations.InviteAsync("Kari", Role.Auditor, [], Actor.Operator);
        await invitations.JoinAsync(token, new Joining("kari@example.org", hasher.HashPassword(null!, "x"), null));
        using var client = new ConsoleBrowser(server);
        await client.GetAsync("/staff/sign-in");
        for (var number = 1; number <= 11; number++)
        {
            await client.PostAsync("/staff/sign-in", 400, ("email", "kari@example.org"), ("password", "wrong"));
            Assert.Equal(number, hasher.Verified);
        }
        foreach (var email in (string[])["else@example.org", "no address"])
        {
            var before = hasher.Verified;
            await client.PostAsync("/staff/sign-in", 400, ("email", email), ("password", "wrong"));
            Assert.Equal(before + 1, hasher.Verified);
        }
    }

    [Fact]
    public async Task Ten_failures_lock_an_account_for_a_quarter_of_an_hour()
    {
        var (kari, _) = await _fixture.MemberAsync();
        kari.Dispose();
        for (var failure = 0; failure < 10; failure++)
            (await _fixture.GivePasswordAsync("not the password", status: 400)).Dispose();
        using var locked = await _fixture.GivePasswordAsync(status: 400);
        using var wrong = await _fixture.GivePasswordAsync("not the password", status: 400);
        Assert.Equal(WithoutForm(wrong.Page), WithoutForm(locked.Page));
        _fixture.Server.Clock.Advance(TimeSpan.FromMinutes(15));
        using var open = await _fixture.GivePasswordAsync();
        Assert.Equal("/staff", await SignInFixture.GiveCodeAsync(open, _fixture.NextCode()));
    }

    [Fact]
    public async Task Wrong_codes_lock_the_account_too()
    {
        var (kari, _) = await _fixture.MemberAsync();
        kari.Dispose();
        using var client = await _fixture.GivePasswordAsync();
        for (var failure = 0; failure < 10; failure++)
            await SignInFixture.GiveCodeAsync(client, "000000", 400);
        await SignInFixture.GiveCodeAsync(client, _fixture.NextCode(), 400);
    }

    [Fact]
    public async Task Session_ends_after_an_hour_idle_and_after_twelve()
    {
        using var idle = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Campaigner);
        using var busy = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Campaigner);
        for (var minutes = 0; minutes < 12 * 60; minutes += 45)
        {
            await busy.GetAsync("/staff");
            _fixture.Server.Clock.Advance(TimeSpan.FromMinutes(45));
        }
        Assert.StartsWith("/staff/sign-in", await idle.RedirectOfAsync("/staff"), StringComparison.Ordinal);
        Assert.StartsWith("/staff/sign-in", await busy.RedirectOfAsync("/staff"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ending_a_member_ends_session_and_token_at_once()
    {
        using var administrator = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Administrator);
        var (kari, _) = await _fixture.MemberAsync(Role.Campaigner);
        using var session = kari;
        await kari.GetAsync("/staff/me/tokens/new");
        await kari.PostAsync("/staff/me/tokens", 200, ("name", "wall"), ("days", "9"));
        using var program = _fixture.Server.WithBearer(kari.Codes()[0]);
        await CampaignServer.Expect(200, await program.GetAsync("/api/staff/campaigns"));
        var member = _fixture
            .Server.Services.GetRequiredService<MemberStore>()
            .List()
            .Single(one => one.Name == "Kari");

        await administrator.GetAsync($"/staff/people/{member.Id}");
        Assert.Equal("/staff/people", await administrator.PostAsync($"/staff/people/{member.Id}/end", 303));

        Assert.StartsWith("/staff/sign-in", await kari.RedirectOfAsync("/staff"), StringComparison.Ordinal);
        await (await program.GetAsync("/api/staff/campaigns")).ProblemAsync(401, "not-signed-in");
    }

    [Fact]
    public async Task Signing_out_ends_the_session_not_only_the_cookie()
    {
        using var client = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Campaigner);
        await client.GetAsync("/staff");
        var cookie = client.Cookies.GetCookieHeader(_fixture.Server.Url);
        await client.PostAsync("/staff/sign-out", 303);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/staff");
        request.Headers.Add("Cookie", cookie);
        await CampaignServer.Expect(303, await _fixture.Server.Http.SendAsync(request));
    }

    [Fact]
    public async Task New_link_replaces_everything_the_member_signed_in_with()
    {
        var (kari, recovery) = await _fixture.MemberAsync();
        using var old = kari;
        var invitations = _fixture.Server.Services.GetRequiredService<InvitationStore>();
        var member = _fixture.Server.Services.GetRequiredService<MemberStore>().List().Single();
        var (_, token) = (await invitations.InviteMemberAsync(member.Id, Actor.Operator))!.Value;
        using var client = new ConsoleBrowser(_fixture.Server);
        var link = "/staff/join/" + token;
        await client.GetAsync(link);
        const string Fresh = "seven grey herons wait";
        await client.PostAsync(link, 303, ("email", "kari@example.org"), ("password", Fresh));

        Assert.StartsWith("/staff/sign-in", await old.RedirectOfAsync("/staff"), StringComparison.Ordinal);
        (await _fixture.GivePasswordAsync(status: 400)).Dispose();
        Assert.Single(_fixture.Server.Services.GetRequiredService<MemberStore>().List());
        await _fixture.SetUpAsync(client);
        using var again = await _fixture.GivePasswordAsync(Fresh);
        await SignInFixture.GiveCodeAsync(again, recovery[0], 400);
        Assert.Equal("/staff", await SignInFixture.GiveCodeAsync(again, _fixture.NextCode()));
    }

    [Theory]
    [InlineData("", "kari@example.org")]
    [InlineData("short", "kari@example.org")]
    [InlineData("password1234", "kari@example.org")]
    [InlineData("kari@example.org1", "kari@example.org")]
    [InlineData(SignInFixture.Password, "no address")]
    public async Task Weak_password_or_wrong_address_is_refused_and_the_link_stays(string password, string email)
    {
        var link = await _fixture.InviteAsync();
        using var client = new ConsoleBrowser(_fixture.Server);
        await client.GetAsync(link);
        await client.PostAsync(link, 400, ("email", email), ("password", password));
        Assert.Contains("role=\"alert\"", client.Page, StringComparison.Ordinal);
        using var joined = await _fixture.JoinAsync(link);
    }

    [Fact]
    public async Task Address_belongs_to_one_member()
    {
        var (kari, _) = await _fixture.MemberAsync();
        kari.Dispose();
        var link = await _fixture.InviteAsync();
        using var client = new ConsoleBrowser(_fixture.Server);
        await client.GetAsync(link);
        await client.PostAsync(link, 400, ("email", "Kari@EXAMPLE.org"), ("password", SignInFixture.Password));
    }

    private static string WithoutForm(string page) =>
        System.Text.RegularExpressions.Regex.Replace(page, "name=\"form-token\" value=\"[^\"]*\"", "");

    private sealed class CountingHasher : PasswordHasher<StaffAccount>
    {
        public int Verified { get; private set; }

        public override PasswordVerificationResult VerifyHashedPassword(
            StaffAccount user,
            string hashedPassword,
            string providedPassword
        )
        {
            Verified++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
