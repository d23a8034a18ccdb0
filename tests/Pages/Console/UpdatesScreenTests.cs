using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Http.Timeline;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

/// <summary>The console's screens about what staff write into a timeline.</summary>
[Collection(PageCollection.Name)]
public sealed class UpdatesScreenTests(PageServer pages)
{
    private string Address => $"/staff/c/{pages.Slug}/updates";

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Update_is_written_published_corrected_and_withdrawn_without_script(string language)
    {
        await using var window = await pages.WindowAsync(language);
        var page = await ConsoleWindow.SignInAsync(window);
        await page.GotoAsync($"{Address}/new?kind=update");
        await page.FillAsync("#on", "2019-01-17");
        await page.FillAsync("#texts-0-title", $"Console {language}");
        await page.FillAsync("#texts-0-text", "Since **December**.");
        await page.ClickAsync("button.main");
        await page.ClickAsync("form[action*='/publish'] button");
        // A draft without a source is saved and not published.
        await Assertions.Expect(page.Locator(".summary")).ToBeVisibleAsync();
        await page.ClickAsync("a[href*='/edit']");
        await page.ClickAsync("button[value='add-sources']");
        await page.FillAsync("#sources-0-title", "Report");
        await page.FillAsync("#sources-0-publisher", "OSCE");
        await page.FillAsync("#sources-0-publishedOn", "2018-12-20");
        await page.ClickAsync("button[value='add-figures']");
        await page.FillAsync("#figures-0-label", "people evacuated");
        await page.FillAsync("#figures-0-value", "150");
        await page.FillAsync("#figures-0-unit", "people");
        await page.FillAsync("#figures-0-asOf", "2019-01-17");
        await page.FillAsync("#figures-0-source", "1");
        await page.ClickAsync("button.main");
        await page.ClickAsync("form[action*='/publish'] button");
        var id = page.Url.Split('/')[^1].Split('?')[0];
        Assert.Contains("<strong>December</strong>", await page.ContentAsync(), StringComparison.Ordinal);
        await page.ClickAsync("a[href*='/edit']");
        await page.FillAsync("#texts-0-text", "Since January.");
        await page.ClickAsync("button.main");
        var view = await ReadAsync(id);
        Assert.Equal("Since January.", (string?)view["texts"]!["en"]!["text"]);
        Assert.NotNull(view["correctedAt"]);
        Assert.Equal(150, (int?)view["figures"]![0]!["value"]);
        await page.ClickAsync("a[href*='/remove']");
        await page.ClickAsync("button.grave");
        Assert.Equal("withdrawn", (string?)(await ReadAsync(id))["state"]);
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Update_is_sent_from_the_console_without_script(string language)
    {
        await pages.SubscribeAsync($"console-{language}@example.org");
        var body = TimelineServer.Update($"Sent {language}");
        var created = await pages.Staff.PostAsJsonAsync($"/api/staff/campaigns/{pages.Slug}/updates", body);
        var id = created.Headers.Location!.ToString().Split('/')[^1];
        await CampaignServer.Expect(
            204,
            await pages.Staff.PostAsync($"/api/staff/campaigns/{pages.Slug}/updates/{id}/publish", null)
        );
        await using var window = await pages.WindowAsync(language);
        var page = await ConsoleWindow.SignInAsync(window);
        await page.GotoAsync($"{Address}/{id}");
        await page.ClickAsync("a.main[href$='/send']");
        await page.FillAsync("#at", "2199-01-01T10:00");
        await page.ClickAsync("form[method=get] button");
        await Assertions.Expect(page.Locator(".summary a[href='#at']")).ToBeVisibleAsync();
        await page.FillAsync(
            "#at",
            pages.Server.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture)
        );
        await page.CheckAsync("#locale-en");
        await page.ClickAsync("form[method=get] button");
        await page.ClickAsync("form[method=post] button.main");
        await Assertions.Expect(page.Locator(".notice.done")).ToBeVisibleAsync();
        Assert.Equal("scheduled", (string?)(await ReadAsync(id))["sending"]!["state"]);
        await page.ClickAsync("form[action*='/pause'] button");
        Assert.Equal("paused", (string?)(await ReadAsync(id))["sending"]!["state"]);
        await page.ClickAsync("form[action*='/cancel'] button");
        Assert.Equal("cancelled", (string?)(await ReadAsync(id))["sending"]!["state"]);
        await page.ClickAsync("form[action*='/test'] button");
        await Assertions.Expect(page.Locator(".summary")).ToBeVisibleAsync();
        await page.GotoAsync($"{Address}/{id}/letter?locale=en&format=html");
        Assert.Contains($"Sent {language}", await page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_form_comes_back_with_what_was_typed()
    {
        await using var window = await pages.WindowAsync("en");
        var page = await ConsoleWindow.SignInAsync(window);
        await page.GotoAsync($"{Address}/new?kind=development");
        await page.FillAsync("#title", "Typed");
        await page.ClickAsync("button.main");
        await Assertions.Expect(page.Locator("#title")).ToHaveValueAsync("Typed");
        await Assertions.Expect(page.Locator("#institution-error")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("a[href='#institution']")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Organiser_writes_drafts_only()
    {
        using var organiser = await ConsoleClient.SignInAsync(pages.Server, Role.Organiser, "GB");
        using var staff = await pages.Server.StaffAsync();
        var created = await CampaignServer.Expect(
            201,
            await staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{pages.Slug}/updates",
                TimelineServer.Update("Of a campaigner")
            )
        );
        var foreign = created.Headers.Location!.ToString().Split('/')[^1];
        var list = await organiser.ReadAsync(Address);
        Assert.DoesNotContain("Of a campaigner", list, StringComparison.Ordinal);
        Assert.DoesNotContain("kind=event", list, StringComparison.Ordinal);
        Assert.Equal(404, await organiser.StatusAsync($"{Address}/{foreign}"));
        Assert.Equal(404, await organiser.StatusAsync($"{Address}/{foreign}/edit"));
        Assert.Equal(404, await organiser.StatusAsync($"{Address}/{foreign}/remove"));
        Assert.Equal(404, await organiser.StatusAsync($"{Address}/new?kind=event"));
        Assert.Equal(200, await organiser.StatusAsync($"{Address}/new?kind=update"));
        using var auditor = await ConsoleClient.SignInAsync(pages.Server, Role.Auditor);
        Assert.Equal(404, await auditor.StatusAsync(Address));
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_screen_about_updates_has_a_violation(string language)
    {
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window);
        var found = new List<string>();
        var empty = await pages.Server.OpenCampaignAsync($"updates-axe-{language}");
        using var staff = await pages.Server.StaffAsync();
        await Open($"/staff/c/{empty}/updates");
        var list = $"/api/staff/campaigns/{empty}";
        var created = await CampaignServer.Expect(
            201,
            await staff.PostAsJsonAsync($"{list}/updates", TimelineServer.Update(new string('W', 200)))
        );
        await CampaignServer.Expect(201, await staff.PostAsJsonAsync($"{list}/events", TimelineServer.Event()));
        var id = created.Headers.Location!.ToString().Split('/')[^1];
        await CampaignServer.Expect(204, await staff.PostAsync($"{list}/updates/{id}/publish", null));
        await CampaignServer.Expect(
            200,
            await staff.PatchAsJsonAsync($"{list}/updates/{id}", new { on = "2019-01-16" })
        );
        await Open($"/staff/c/{empty}/updates");
        await Open($"/staff/c/{empty}/updates/{id}");
        await Open($"/staff/c/{empty}/updates/{id}/edit");
        await Open($"/staff/c/{empty}/updates/{id}/remove");
        await Open($"/staff/c/{empty}/updates/{id}/send?at=2199-01-01T10:00");
        await pages.SubscribeAsync($"axe-{language}@example.org", slug: empty);
        await Open($"/staff/c/{empty}/updates/{id}/send");
        await page.ClickAsync("form[method=post] button.main");
        found.AddRange(await PageInspection.InspectAsync(page, "sending"));
        foreach (var kind in (string[])["update", "development", "event"])
        {
            await Open($"/staff/c/{empty}/updates/new?kind={kind}");
            await page.ClickAsync("button.main");
            found.AddRange(await PageInspection.InspectAsync(page, $"refused {kind}"));
        }
        Assert.True(found.Count == 0, string.Join('\n', found));

        async Task Open(string path)
        {
            await page.GotoAsync(path);
            found.AddRange(await PageInspection.InspectAsync(page, path));
        }
    }

    private async Task<JsonObject> ReadAsync(string id)
    {
        using var staff = await pages.Server.StaffAsync();
        var answer = await staff.GetAsync($"/api/staff/campaigns/{pages.Slug}/updates/{id}");
        return await (await CampaignServer.Expect(200, answer)).BodyAsync();
    }
}
