using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// The pages about a member's own address and the screens of people: axe-core reports nothing, and
/// none needs horizontal scrolling.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class AccountAccessibilityTests(PageServer pages)
{
    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_page_about_access_has_a_violation(string language)
    {
        var services = pages.Server.Services;
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window);
        var found = new List<string>();

        async Task Inspect(string what)
        {
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, what));
        }

        async Task Open(string path)
        {
            await page.GotoAsync(path);
            await Inspect(path);
        }

        var invitations = services.GetRequiredService<InvitationStore>();
        var email = $"axe-{language}@example.org";
        var (_, token) = await invitations.InviteAsync("Axe", Role.Auditor, [], Actor.Operator);
        var id = (await invitations.JoinAsync(token, new Joining(email, "hash", null, language))).Value;
        var (_, open) = await invitations.InviteAsync("Axe", Role.Auditor, [], Actor.Operator);
        await Open("/staff/join/" + open);
        await page.Locator("#password-email").FillAsync(email);
        await page.Locator("#password").FillAsync("short");
        await page.Locator("form:has(#password) button").ClickAsync();
        await Inspect("a refused password");
        await Open("/staff");
        await Open("/staff/people");
        await Open($"/staff/people/{Ids.Text(id)}");
        await page.Locator("form[action*='/reset'] input[type=email]").FillAsync("no address@");
        await page.Locator("form[action*='/reset']").EvaluateAsync("form => form.noValidate = true");
        await page.Locator("form[action*='/reset'] button").ClickAsync();
        await Inspect("a refused reset");
        const string Link = "/staff/confirm-address/";
        await Open(Link + (await pages.Server.Mail.WaitForAsync(email, Link)).Token(Link));
        await page.Locator("main form button").ClickAsync();
        await Inspect("a confirmed address");

        // Her session in place of the demonstration's.
        var sessions = services.GetRequiredService<SessionStore>();
        var key = await sessions.StartAsync(id, "Test", secondFactor: true);
        await window.AddCookiesAsync([
            new()
            {
                Name = "campaign-staff",
                Value = key,
                Url = pages.Server.Url.ToString(),
            },
        ]);
        await Open("/staff/me");
        await Open("/staff/me/address");
        await page.Locator("main form").EvaluateAsync("form => form.noValidate = true");
        await page.Locator("#email").FillAsync("no address@");
        await page.Locator("main form button").ClickAsync();
        await Inspect("a refused address");
        await page.Locator("#email").FillAsync($"axe.new-{language}@example.org");
        await page.Locator("main form button").ClickAsync();
        await Inspect("an address that waits");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
