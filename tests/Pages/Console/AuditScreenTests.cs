using System.Net;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

[Collection(PageCollection.Name)]
public sealed class AuditScreenTests(PageServer pages)
{
    private const string Address = "/staff/audit";

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Screen_is_accessible_full_empty_and_with_errors(string language)
    {
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window);
        var found = new List<string>();
        foreach (
            var query in (string[])
                ["", "?limit=1", "?check=1", "?search=matches-nothing", "?from=x&to=y&search=%25&member=x&after=1"]
        )
        {
            await page.GotoAsync(Address + query);
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, query));
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task Filter_is_in_the_address_and_pages_keep_it()
    {
        await using var window = await pages.WindowAsync();
        var page = await ConsoleWindow.SignInAsync(window);
        await page.GotoAsync(Address);
        await page.SelectOptionAsync("#action", "session.start");
        await page.FillAsync("#search", "chrome");
        await page.ClickAsync(".filter button");
        Assert.Contains("action=session.start", page.Url, StringComparison.Ordinal);
        Assert.Equal("session.start", await page.Locator("#action").InputValueAsync());
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("Signed in");
        await ConsoleWindow.SignInAsync(window);
        await page.GotoAsync(page.Url + "&limit=1");
        await page.ClickAsync("[rel=next]");
        Assert.Contains("action=session.start", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("Signed in");
    }

    [Fact]
    public async Task Check_of_the_trail_says_that_all_links_are_true()
    {
        using var console = await ConsoleClient.SignInAsync(pages.Server);
        var page = WebUtility.HtmlDecode(await console.Http.GetStringAsync($"{Address}?check=1"));
        Assert.Contains("All links are true", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_filter_is_shown_again_with_its_sentences()
    {
        using var console = await ConsoleClient.SignInAsync(pages.Server);
        using var answer = await console.Http.GetAsync($"{Address}?search=%25&from=x");
        Assert.Equal(400, (int)answer.StatusCode);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("The first day must be a date.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"%\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_has_the_filtered_lines_for_spreadsheets_of_the_language()
    {
        using var auditor = await ConsoleClient.SignInAsync(pages.Server, Role.Auditor);
        var english = await auditor.ReadAsync($"{Address}.csv?action=campaign.create&campaign={pages.Slug}");
        Assert.StartsWith("\"id\",\"at\",\"member\"", english.TrimStart('\uFEFF'), StringComparison.Ordinal);
        var line = Assert.Single(english.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..]);
        Assert.Contains($"\"campaign.create\",\"Created a campaign\",\"{pages.Slug}\"", line, StringComparison.Ordinal);
        using var dutch = await auditor.Http.GetAsync($"{Address}.csv?lang=nl&action=campaign.create");
        var bytes = await dutch.Content.ReadAsByteArrayAsync();
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        Assert.Contains(
            "\"campaign.create\";\"Maakte een campagne\"",
            System.Text.Encoding.UTF8.GetString(bytes),
            StringComparison.Ordinal
        );
        Assert.Equal("audit.csv", dutch.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
    }

    [Theory]
    [InlineData(Role.Campaigner)]
    [InlineData(Role.Organiser)]
    public async Task Other_roles_do_not_reach_the_trail(string role)
    {
        using var member = await ConsoleClient.SignInAsync(pages.Server, role, role == Role.Organiser ? ["GB"] : []);
        foreach (var address in (string[])[Address, Address + ".csv", "/staff/system"])
            Assert.Equal(404, await member.StatusAsync(address));
        Assert.DoesNotContain(Address, await member.ReadAsync("/staff"), StringComparison.Ordinal);
    }
}
