using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>
/// Visits every page in every language, on the narrowest phone, in light and dark mode: axe-core
/// reports nothing, and no page needs horizontal scrolling.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class AccessibilityTests(PageServer pages)
{
    // As long as the rules allow, without a place to break.
    private static readonly string _longName = new('W', 200);

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_page_has_an_accessibility_violation(string language)
    {
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await window.NewPageAsync();
        var found = new List<string>();
        var email = $"{new string('x', 60)}-{language}@{new string('y', 60)}.example";

        async Task Look(string what)
        {
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, what));
        }

        async Task Open(string path)
        {
            await page.GotoAsync(path);
            await Look(path.Split('/', '?')[1] + path[Math.Max(0, path.Length - 12)..]);
        }

        await Open("/");
        await Open("/nothing-here");
        await Open("/confirm/broken");
        await Open($"/c/{pages.Slug}/find");
        await page.ClickAsync("button.main");
        await Look("find, refused");
        await page.FillAsync("#email", email);
        await page.ClickAsync("button.main");
        await Look("find, sent");

        await Open($"/c/{pages.Slug}");
        await page.CheckAsync("#disclosure-name");
        await page.FillAsync("#locality", _longName);
        await page.ClickAsync("button.main");
        await Look("campaign, refused");
        await page.FillAsync("#email", email);
        await page.SelectOptionAsync("#country", "GS");
        await page.FillAsync("#name", _longName);
        await page.FillAsync("#locality", _longName[..100]);
        await page.CheckAsync("[id='consents.sign']");
        await page.ClickAsync("button.main");
        await Look("thanks");

        var letter = await pages.Server.Mail.WaitForAsync(email, "/confirm/");
        await Open("/not-me/" + letter.Token("/not-me/"));
        await Open("/confirm/" + letter.Token("/confirm/"));
        await page.ClickAsync("button.main");
        await Look("confirmed");

        var manage = await pages.Server.Mail.WaitForAsync(email, "/my/");
        await Open("/my");
        await Open("/my/" + manage.Token("/my/"));
        await page.ClickAsync("button.main");
        await Look("my");
        await page.ClickAsync("form[action^='/my'] button.main");
        await Look("my, saved");
        await Open("/my/withdraw");
        await page.ClickAsync("button.grave");
        await Look("my, withdrawn");
        await Open("/my/erase");
        await page.ClickAsync("button.grave");
        await Look("erased");

        await RaiseDisclosureWithoutName(page, language);
        await Look("my, refused");
        await page.ClickAsync(".sign-out button");
        await Look("signed out");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private async Task RaiseDisclosureWithoutName(IPage page, string language)
    {
        var email = $"nameless-{language}@axe.example";
        var body = CampaignServer.Signature(email, disclosure: "count", locale: language);
        body.Remove("name");
        var token = await pages.Server.SignAndConfirmAsync(pages.Slug, body);
        await page.GotoAsync("/my/" + token);
        await page.ClickAsync("button.main");
        await page.CheckAsync("#disclosure-name");
        await page.ClickAsync("form[action^='/my'] button.main");
        await Assertions.Expect(page.Locator(".error")).ToBeVisibleAsync();
    }
}
