using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

/// <summary>Screens that change while they are shown.</summary>
[Collection(PageCollection.Name)]
public sealed class LiveScreenTests(PageServer pages)
{
    [Fact]
    public async Task Number_of_an_open_screen_follows_a_confirmation()
    {
        await using var window = await pages.WindowAsync("en", script: true, policy: true);
        var page = await ConsoleWindow.SignInAsync(window);
        var opened = page.WaitForRequestAsync(request => request.Url.EndsWith("/live", StringComparison.Ordinal));
        await page.GotoAsync($"/staff/c/{pages.Slug}");
        await opened;
        var confirmed = page.Locator("#live-figures dd").First;
        var before = await confirmed.InnerTextAsync();
        await page.EvaluateAsync("document.title = 'the same document'");
        await pages.Server.SignAndConfirmAsync(pages.Slug, CampaignServer.Signature("follows@example.org"));
        await Assertions.Expect(confirmed).Not.ToHaveTextAsync(before, new() { Timeout = 30_000 });
        Assert.Equal("the same document", await page.TitleAsync());
    }
}
