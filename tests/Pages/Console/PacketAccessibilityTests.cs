using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// The screens about packets, empty, full and refused: axe-core reports nothing, and none needs
/// horizontal scrolling.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class PacketAccessibilityTests(PageServer pages)
{
    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_screen_of_packets_has_a_violation(string language)
    {
        var slug = await pages.Server.OpenCampaignAsync("axe-packets-" + language);
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        var found = new List<string>();

        async Task Open(string path)
        {
            await page.GotoAsync($"/staff/c/{slug}/packets{path}");
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, path));
        }

        await Open("");
        await Open("/new");
        await Open("/preview?recipient=embassy-london&countries=NL&csv=yes");
        await Open("/preview?recipient=president&disclosure=name");
        var id = await PacketOrders.OrderAsync(pages.Staff, slug);
        await PacketOrders.ReadyAsync(pages.Staff, id);
        await Open("/" + id);
        await Open($"/{id}/line?country=GB&volume=1&line=1");
        foreach (var status in (string[])["stale", "failed", "ended"])
        {
            await pages.Server.WriteAsync(
                "UPDATE packets SET status = @status, failure = 'storage' WHERE id = @id",
                new { status, id = PacketScreenTests.Number(id) }
            );
            await Open("/" + id);
        }
        await Open("");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
