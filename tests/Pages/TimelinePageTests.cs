using Campaigns.Api.Commands;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>The demonstration campaign tells its story.</summary>
[Collection(PageCollection.Name)]
public sealed class TimelinePageTests(PageServer pages)
{
    [Theory]
    [InlineData("en", "More than 275,000 signatures handed over in Moscow and London")]
    [InlineData("nl", "More than 275,000 signatures handed over in Moscow and London")]
    [InlineData("nb", "More than 275,000 signatures handed over in Moscow and London")]
    public async Task Timeline_of_the_demonstration_is_shown_and_accessible(string language, string newest)
    {
        using var made = await pages.Server.Http.PostAsync(new Uri("/dev/demonstration", UriKind.Relative), null);
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{Demonstration.Slug}");
        await Assertions.Expect(page.Locator(".timeline h3").First).ToHaveTextAsync(newest);
        // People evacuated, and those abroad, were counted more than once.
        await Assertions.Expect(page.Locator(".timeline svg.chart")).ToHaveCountAsync(2);
        var found = new List<string>(await PageInspection.InspectAsync(page, "campaign"));
        await page.GotoAsync($"/c/{Demonstration.Slug}/timeline");
        await Assertions.Expect(page.Locator(".events > li")).ToHaveCountAsync(10);
        found.AddRange(await PageInspection.InspectAsync(page, "timeline"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
