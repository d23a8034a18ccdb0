using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

/// <summary>The console's screen with snippets for other sites and share codes.</summary>
[Collection(PageCollection.Name)]
public sealed class SharingScreenTests(PageServer pages)
{
    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Screen_is_accessible_empty_refused_and_full(string language)
    {
        var slug = await pages.Server.OpenCampaignAsync("sharing-" + language);
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync($"/staff/c/{slug}/sharing");
        var found = new List<string>(await PageInspection.InspectAsync(page, "empty"));
        await page.FillAsync("#code", "Not a code");
        await page.ClickAsync("form.form button");
        await Assertions.Expect(page.Locator(".summary")).ToBeVisibleAsync();
        found.AddRange(await PageInspection.InspectAsync(page, "refused"));
        Assert.Equal("Not a code", await page.InputValueAsync("#code"));
        await page.FillAsync("#title", "The choir");
        await page.FillAsync("#code", "choir");
        await page.ClickAsync("form.form button");
        await Assertions.Expect(page.Locator("td.code")).ToContainTextAsync($"/c/{slug}?s=choir");
        found.AddRange(await PageInspection.InspectAsync(page, "full"));
        await page.ClickAsync("form[action*='/choir/delete'] button");
        await Assertions.Expect(page.Locator("td.code")).ToHaveCountAsync(0);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task Snippet_of_the_screen_works_on_another_site()
    {
        var port = HostSite.NextPort();
        var slug = await pages.Server.OpenCampaignAsync($"snippet-{port}", body =>
            body["allowedOrigins"] = new JsonArray($"http://127.0.0.1:{port}")
        );
        await using var window = await pages.WindowAsync(policy: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync($"/staff/c/{slug}/sharing");
        var snippet = await page.InputValueAsync("#snippet-form");
        await using var host = await HostSite.StartAsync(port, pages.Server.Url, snippet);
        await page.GotoAsync(host.Origin);
        await Assertions.Expect(page.FrameLocator("iframe").Locator("button.main")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Screen_of_a_sensitive_campaign_has_no_snippet_of_its_form()
    {
        var slug = await pages.Server.OpenCampaignAsync("sharing-sensitive", body => body["sensitive"] = true);
        using var console = await ConsoleClient.SignInAsync(pages.Server, Role.Campaigner);
        var html = await console.ReadAsync($"/staff/c/{slug}/sharing");
        Assert.DoesNotContain("snippet-form", html, StringComparison.Ordinal);
        Assert.Contains("snippet-counter", html, StringComparison.Ordinal);
        using var auditor = await ConsoleClient.SignInAsync(pages.Server, Role.Auditor);
        Assert.Equal(404, await auditor.StatusAsync($"/staff/c/{slug}/sharing"));
    }
}
