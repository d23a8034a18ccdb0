using System.Net.Http.Json;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// What keeps others out of the console: origin, forms, roles, fresh proofs, tokens.
/// </summary>
public sealed class ConsoleAccessTests : IAsyncLifetime
{
    private SignInFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SignInFixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Development_entry_exists_only_on_this_machine_in_development()
    {
        var form = new FormUrlEncodedContent([KeyValuePair.Create("role", Role.Administrator)]);
        using var forwarded = new HttpRequestMessage(HttpMethod.Post, "/dev/sign-in") { Content = form };
        forwarded.Headers.Add("X-Forwarded-For", "192.0.2.1");
        await CampaignServer.Expect(404, await _fixture.Server.Http.SendAsync(forwarded));
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/dev/sign-in") { Content = form };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        await CampaignServer.Expect(403, await _fixture.Server.Http.SendAsync(foreign));
        await using var production = await CampaignServer.StartAsync(null, "--environment", "Production");
        await CampaignServer.Expect(404, await production.Http.PostAsync("/dev/sign-in", form));
    }

    [Theory]
    [InlineData("owner", null)]
    [InlineData(Role.Organiser, null)]
    [InlineData(Role.Organiser, "ZZ")]
    [InlineData(Role.Campaigner, "GB")]
    public async Task Development_entry_refuses_what_is_no_member(string role, string? country)
    {
        var form = new Dictionary<string, string> { ["role"] = role };
        if (country is not null)
            form["country"] = country;
        await CampaignServer.Expect(
            400,
            await _fixture.Server.Http.PostAsync("/dev/sign-in", new FormUrlEncodedContent(form))
        );
    }

    [Fact]
    public async Task Form_without_its_token_or_from_another_site_is_refused()
    {
        using var client = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Administrator);
        using var other = await ConsoleBrowser.EnterAsync(_fixture.Server, Role.Administrator);
        await client.GetAsync("/staff/people");
        var fields = new[] { KeyValuePair.Create("name", "Anne"), KeyValuePair.Create("role", Role.Auditor) };
        await CampaignServer.Expect(
            400,
            await client.Http.PostAsync("/staff/people/invitations", new FormUrlEncodedContent(fields))
        );
        // The token of another browser.
        var foreign = fields.Append(KeyValuePair.Create("form-token", client.Hidden("form-token")));
        await CampaignServer.Expect(
            400,
            await other.Http.PostAsync("/staff/people/invitations", new FormUrlEncodedContent(foreign))
        );
        client.Http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        client.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-site");
        await client.PostAsync("/staff/people/invitations", 403, ("name", "Anne"), ("role", Role.Auditor));
        await (
            await client.Http.PostAsJsonAsync("/api/staff/invitations", new { name = "Anne", role = Role.Auditor })
        ).ProblemAsync(401, "not-signed-in");
        // A browser that does not say what page asked.
        client.Http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        client.Http.DefaultRequestHeaders.Add("Origin", "null");
        await (
            await client.Http.PostAsJsonAsync("/api/staff/invitations", new { name = "Anne", role = Role.Auditor })
        ).ProblemAsync(401, "not-signed-in");
        Assert.Empty(_fixture.Server.Services.GetRequiredService<InvitationStore>().List());
    }

    [Fact]
    public async Task Changes_of_access_need_a_proof_of_the_last_quarter_of_an_hour()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        var asked = new { name = "Anne", role = Role.Auditor };
        await CampaignServer.Expect(201, await client.Http.PostAsJsonAsync("/api/staff/invitations", asked));
        _fixture.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        await (await client.Http.PostAsJsonAsync("/api/staff/invitations", asked)).ProblemAsync(
            403,
            "second-factor-needed"
        );
        Assert.Equal(
            "/staff/me/prove?next=%2Fstaff%2Fme%2Ftokens%2Fnew",
            await client.RedirectOfAsync("/staff/me/tokens/new")
        );
        await client.GetAsync("/staff/me/prove?next=%2Fstaff%2Fme%2Ftokens%2Fnew");
        await client.PostAsync("/staff/me/prove", 400, ("next", client.Hidden("next")), ("code", "000000"));
        Assert.Equal(
            "/staff/me/tokens/new",
            await client.PostAsync(
                "/staff/me/prove",
                303,
                ("next", client.Hidden("next")),
                ("code", _fixture.NextCode())
            )
        );
        await CampaignServer.Expect(201, await client.Http.PostAsJsonAsync("/api/staff/invitations", asked));
    }

    [Fact]
    public async Task Token_cannot_change_access()
    {
        using var staff = await _fixture.Server.StaffAsync();
        await (
            await staff.PostAsJsonAsync("/api/staff/invitations", new { name = "Anne", role = Role.Auditor })
        ).ProblemAsync(403, "session-needed");
        await (await staff.PostAsJsonAsync("/api/staff/me/tokens", new { name = "x", days = 3 })).ProblemAsync(
            403,
            "session-needed"
        );
        await (await staff.PostAsync("/api/staff/me/recovery-codes", null)).ProblemAsync(403, "session-needed");
    }

    [Fact]
    public async Task Read_only_token_reads_and_reaches_no_people()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        var made = await (
            await client.Http.PostAsJsonAsync(
                "/api/staff/me/tokens",
                new
                {
                    name = "wall",
                    days = 2,
                    readOnly = true,
                }
            )
        ).BodyAsync();
        using var program = _fixture.Server.WithBearer((string)made["token"]!);
        await CampaignServer.Expect(200, await program.GetAsync("/api/staff/campaigns"));
        await (await program.PostAsJsonAsync("/api/staff/campaigns", Example.Campaign())).ProblemAsync(
            404,
            "not-found"
        );
        await (await program.GetAsync("/api/staff/members")).ProblemAsync(404, "not-found");
        _fixture.Server.Clock.Advance(TimeSpan.FromDays(2));
        await (await program.GetAsync("/api/staff/campaigns")).ProblemAsync(401, "not-signed-in");
    }

    [Fact]
    public async Task Only_administrators_see_people()
    {
        foreach (var (role, country) in new[] { (Role.Campaigner, null), (Role.Organiser, "GB"), (Role.Auditor, null) })
        {
            using var client = await ConsoleBrowser.EnterAsync(_fixture.Server, role, country);
            await client.GetAsync("/staff/people", 404);
            Assert.DoesNotContain("/staff/people", await client.GetAsync("/staff"), StringComparison.Ordinal);
            await (await client.Http.GetAsync("/api/staff/members")).ProblemAsync(404, "not-found");
        }
    }

    [Fact]
    public async Task Administrator_cannot_end_or_change_the_own_access()
    {
        var (kari, _) = await _fixture.MemberAsync();
        using var client = kari;
        var own = (string)(await (await client.Http.GetAsync("/api/staff/me")).BodyAsync())["id"]!;
        await client.GetAsync($"/staff/people/{own}");
        await client.PostAsync($"/staff/people/{own}/end", 404);
        await (await client.Http.PostAsync($"/api/staff/members/{own}/end", null)).ProblemAsync(409, "wrong-state");
    }

    [Fact]
    public async Task Production_over_http_shows_no_sign_in()
    {
        await using var production = await CampaignServer.StartAsync(
            null,
            "--environment",
            "Production",
            "--PublicUrl=http://petitions.example.org"
        );
        using var client = new ConsoleBrowser(production);
        Assert.DoesNotContain("type=\"password\"", await client.GetAsync("/staff/sign-in"), StringComparison.Ordinal);
        Assert.Contains("PublicUrl", client.Page, StringComparison.Ordinal);
    }
}
