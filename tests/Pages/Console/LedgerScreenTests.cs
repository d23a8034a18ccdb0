using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

[Collection(PageCollection.Name)]
public sealed class LedgerScreenTests(PageServer pages)
{
    private string Address => $"/staff/c/{pages.Slug}/ledger";

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Screen_is_accessible_before_and_after_a_verification(string language)
    {
        var slug = await pages.Server.OpenCampaignAsync("ledger-" + language);
        await pages.Server.SignAndConfirmAsync(slug, CampaignServer.Signature($"ledger@{language}.example.org"));
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window);
        await page.GotoAsync($"/staff/c/{slug}/ledger");
        var found = new List<string>(await PageInspection.InspectAsync(page, "before"));
        await page.ClickAsync("main form button");
        await Assertions.Expect(page.Locator("[role=status]")).ToBeVisibleAsync();
        found.AddRange(await PageInspection.InspectAsync(page, "after"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task Verify_now_shows_its_result_without_script()
    {
        await using var window = await pages.WindowAsync();
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync(Address);
        await page.ClickAsync("text=Verify now");
        await Assertions.Expect(page.Locator("[role=status]")).ToContainTextAsync("The lines give the root");
        Assert.EndsWith($"{Address}#checks", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auditor_verifies_and_an_organiser_finds_nothing()
    {
        using var auditor = await ConsoleClient.SignInAsync(pages.Server, Role.Auditor);
        using var done = await auditor.PostAsync(Address, Address + "/verify");
        Assert.Equal(303, (int)done.StatusCode);
        using var organiser = await ConsoleClient.SignInAsync(pages.Server, Role.Organiser, "GB");
        Assert.Equal(404, await organiser.StatusAsync(Address));
        Assert.Equal(404, await auditor.StatusAsync("/staff/c/no-such-campaign/ledger"));
    }

    [Fact]
    public async Task Form_without_the_token_of_its_page_verifies_nothing()
    {
        using var console = await ConsoleClient.SignInAsync(pages.Server);
        using var answer = await console.Http.PostAsync(Address + "/verify", new FormUrlEncodedContent([]));
        Assert.Equal(400, (int)answer.StatusCode);
    }
}
