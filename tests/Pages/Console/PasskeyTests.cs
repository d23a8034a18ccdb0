using System.Text.Json.Nodes;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

/// <summary>Passkeys in Chromium with a virtual authenticator (Chrome DevTools Protocol).</summary>
[Collection(PageCollection.Name)]
public sealed class PasskeyTests(PageServer pages) : IAsyncLifetime
{
    private readonly string _site = $"http://localhost:{TestPorts.Next()}";
    private SignInFixture _fixture = null!;

    public async Task InitializeAsync() =>
        _fixture = await SignInFixture.StartAsync("--urls", _site, $"--PublicUrl={_site}");

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Member_joins_with_a_passkey_and_signs_in_with_it_even_when_locked()
    {
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await OpenAsync(window);
        await page.GotoAsync(_site + await _fixture.InviteAsync());
        var form = page.Locator("form[data-passkey]");
        await form.GetByLabel("E-mail address").FillAsync("kari@example.org");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(_site + "/staff/me");
        Assert.Equal(
            "passkey",
            _fixture.Server.Services.GetRequiredService<MemberStore>().List().Single().SecondFactor
        );
        await page.GotoAsync(_site + "/staff/people");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        for (var failure = 0; failure < 10; failure++)
            (await _fixture.GivePasswordAsync("not the password", status: 400)).Dispose();
        await page.GotoAsync(_site + "/staff/sign-in?next=/staff/people");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(_site + "/staff/people");
        Assert.NotNull(_fixture.Server.Services.GetRequiredService<PasskeyStore>().List(MemberId()).Single().UsedAt);
    }

    [Fact]
    public async Task Passkey_that_was_removed_signs_in_no_more()
    {
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await OpenAsync(window);
        await JoinAsync(page);
        var store = _fixture.Server.Services.GetRequiredService<PasskeyStore>();
        // The only second factor cannot be removed.
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("only");
        var passkey = Assert.Single(store.List(MemberId()));
        Assert.True(await store.EndAsync(MemberId(), passkey.Id));
        await page.GotoAsync(_site + "/staff/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("did not work");
    }

    [Fact]
    public async Task Passkey_answer_without_its_question_is_refused()
    {
        using var client = new ConsoleBrowser(_fixture.Server);
        await client.GetAsync("/staff/sign-in");
        foreach (var answer in (string[])["", "{}", "null", "[]", "no JSON", new('x', 9000), """{"id":"AA"}"""])
            await client.PostAsync("/staff/sign-in/passkey", 400, ("passkey", answer));
        await client.PostAsync("/staff/sign-in/passkey-options", 200);
        Assert.Equal("localhost", (string?)JsonNode.Parse(client.Page)!["rpId"]);
        await client.PostAsync("/staff/sign-in/passkey", 400, ("passkey", """{"id":"AA"}"""));
    }

    private async Task JoinAsync(IPage page)
    {
        await page.GotoAsync(_site + await _fixture.InviteAsync(Role.Campaigner));
        var form = page.Locator("form[data-passkey]");
        await form.GetByLabel("E-mail address").FillAsync("kari@example.org");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(_site + "/staff/me");
    }

    private long MemberId() => _fixture.Server.Services.GetRequiredService<MemberStore>().List().Single().Id;

    private static async Task<IPage> OpenAsync(IBrowserContext window)
    {
        var page = await window.NewPageAsync();
        var devTools = await window.NewCDPSessionAsync(page);
        await devTools.SendAsync("WebAuthn.enable");
        await devTools.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new Dictionary<string, object>
            {
                ["options"] = new
                {
                    protocol = "ctap2",
                    transport = "internal",
                    hasResidentKey = true,
                    hasUserVerification = true,
                    isUserVerified = true,
                    automaticPresenceSimulation = true,
                },
            }
        );
        return page;
    }
}
