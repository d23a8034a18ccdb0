using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>The count on a page that follows the campaign.</summary>
[Collection(PageCollection.Name)]
public sealed class LiveCounterTests(PageServer pages)
{
    // The pause of the script.
    private const int Pause = 10_000;

    [Fact]
    public async Task Counter_follows_pauses_unseen_and_speaks_only_at_milestones()
    {
        await using var window = await pages.WindowAsync("nb", script: true, policy: true);
        var page = await window.NewPageAsync();
        await page.Clock.InstallAsync();
        var (confirmed, tags) = (7, new List<string?>());
        await page.RouteAsync("**/counts", route =>
        {
            var known = route.Request.Headers.GetValueOrDefault("if-none-match");
            tags.Add(known);
            var tag = $"W/\"{confirmed}\"";
            return known == tag
                ? route.FulfillAsync(new() { Status = 304 })
                : route.FulfillAsync(
                    new()
                    {
                        Status = 200,
                        ContentType = "application/json",
                        Headers = new Dictionary<string, string> { ["etag"] = tag },
                        Body = new JsonObject { ["confirmed"] = confirmed, ["goal"] = 300_000 }.ToJsonString(),
                    }
                );
        });
        await page.GotoAsync($"/c/{pages.Slug}");
        var number = page.Locator(".goal strong");
        var status = page.Locator(".goal [role=status]");

        await page.Clock.RunForAsync(Pause);
        await Assertions.Expect(number).ToHaveTextAsync("7");
        await Assertions.Expect(status).ToBeEmptyAsync();
        confirmed = 1_234;
        await page.Clock.RunForAsync(Pause);
        await Assertions.Expect(number).ToHaveTextAsync("1 234");
        await Assertions.Expect(status).ToHaveTextAsync("1 000 personer har skrevet under.");
        confirmed = 1_300;
        await page.Clock.RunForAsync(Pause);
        await Assertions.Expect(number).ToHaveTextAsync("1 300");
        await Assertions.Expect(status).ToHaveTextAsync("1 000 personer har skrevet under.");
        await page.Clock.RunForAsync(Pause);
        await CampaignServer.UntilAsync(
            () => Task.FromResult(tags.Contains("W/\"1300\"")),
            "the script asks whether the count changed"
        );

        await SetHiddenAsync(page, true);
        var asked = tags.Count;
        await page.Clock.RunForAsync(10 * Pause);
        Assert.Equal(asked, tags.Count);
        confirmed = 1_301;
        await SetHiddenAsync(page, false);
        await page.Clock.RunForAsync(1);
        await Assertions.Expect(number).ToHaveTextAsync("1 301");
    }

    [Fact]
    public async Task History_is_drawn_with_its_table()
    {
        // Days pass, which is nothing for the server of other tests.
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync("history");
        foreach (var day in (int[])[0, 1])
        {
            await server.SignAndConfirmAsync(slug, CampaignServer.Signature($"day-{day}@history.example"));
            server.Clock.Advance(TimeSpan.FromDays(1));
        }
        await using var window = await pages.WindowAsync(width: 320, script: true);
        var page = await window.NewPageAsync();
        await CampaignServer.UntilAsync(
            async () =>
            {
                await page.GotoAsync($"{server.Url}c/{slug}");
                return await page.Locator("section[aria-labelledby=history] tbody tr").CountAsync() == 2;
            },
            "both days are in the table"
        );
        await Assertions.Expect(page.Locator("section[aria-labelledby=history] svg[role=img]")).ToBeVisibleAsync();
        Assert.Empty(await PageInspection.InspectAsync(page, "history"));
    }

    private static Task SetHiddenAsync(IPage page, bool hidden) =>
        page.EvaluateAsync(
            """
            (hidden) => {
                Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
                document.dispatchEvent(new Event("visibilitychange"));
            }
            """,
            hidden
        );
}
