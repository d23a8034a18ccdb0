using System.Net.Http.Json;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// The screens about hand-overs, empty, full and refused: axe-core reports nothing, and none needs
/// horizontal scrolling.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class HandoverAccessibilityTests(PageServer pages)
{
    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_screen_of_handovers_has_a_violation(string language)
    {
        var slug = await pages.Server.OpenCampaignAsync("axe-handovers-" + language);
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        var found = new List<string>();

        async Task Look(string path)
        {
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, path));
        }

        async Task Open(string path)
        {
            await page.GotoAsync(path);
            await Look(path);
        }

        var screens = $"/staff/c/{slug}/handovers";
        await Open(screens);
        await Open(screens + "/new");
        await Open(screens + "/new?recipient=president");
        var address = await HandoverScreenTests.PlanAsync(pages, slug, "embassy-london");
        await Open(screens + "/new?recipient=embassy-london");
        await page.Locator("main form button[type=submit]").ClickAsync();
        await Look("a refused plan");
        foreach (var path in (string[])["", "/change", "/attempt", "/cancel", "/delete"])
            await Open(address + path);
        var record = $"/api/staff/handovers/{address.Split('/')[^1]}";
        await CampaignServer.Expect(
            201,
            await pages.Staff.PostAsJsonAsync(record + "/attempts", new { on = pages.Today(-40), outcome = "received" })
        );
        foreach (var path in (string[])["", "/answer", "/attempts/1"])
            await Open(address + path);
        await Open($"/staff/c/{slug}/countries/GB");
        await CampaignServer.Expect(
            201,
            await pages.Staff.PostAsJsonAsync(
                record + "/answer",
                new
                {
                    on = pages.Today(),
                    kind = "partial",
                    summary = "They will look into it.",
                }
            )
        );
        await Open(address);
        await Open(address + "/answer/1");
        await Open(screens);
        await Open($"/c/{slug}");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
