using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;
using static Campaigns.Tests.Pages.Console.FormClient;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// The settings of a campaign: rows, saving, conflicts, acts, roles and accessibility.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class SettingsScreenTests(PageServer pages)
{
    private static readonly KeyValuePair<string, string> _save = Field("act", "save");

    private CampaignServer Server => pages.Server;

    [Fact]
    public async Task Campaign_is_made_changed_opened_closed_and_archived()
    {
        using var campaigner = await SignInAsync(Server.Url, Role.Campaigner);
        var empty = await campaigner.PageAsync("/staff/campaigns/new");
        var refused = await campaigner.SubmitAsync(empty, "/staff/campaigns/new", _save);
        Assert.Contains("A slug has 3 to 60", await TextAsync(refused, 400));

        KeyValuePair<string, string>[] fields = [.. NewFields("made-by-form")];
        var created = await CampaignServer.Expect(
            303,
            await campaigner.SubmitAsync(empty, "/staff/campaigns/new", [.. fields, _save])
        );
        const string Settings = "/staff/c/made-by-form/settings";
        Assert.Equal(Settings, created.Headers.Location!.ToString());
        var taken = await campaigner.SubmitAsync(empty, "/staff/campaigns/new", [.. fields, _save]);
        Assert.Contains("Another campaign has this address.", await TextAsync(taken, 409));
        var campaign = await CampaignAsync("made-by-form");
        Assert.Equal("Free the printers", (string?)campaign["texts"]!["en"]!["title"]);
        Assert.Equal("1 Mill Lane\nLondon", (string?)campaign["recipients"]![0]!["address"]);
        Assert.Equal("2030-05-17T09:00:00.000Z", (string?)campaign["closesAt"]);

        var page = await campaigner.PageAsync(Settings);
        Assert.Contains("Open the campaign", page);
        foreach (var act in (string[])["open", "close"])
        {
            var asks = await campaigner.PageAsync($"{Settings}/{act}");
            await CampaignServer.Expect(303, await campaigner.SubmitAsync(asks, $"{Settings}/{act}"));
        }
        var archive = await campaigner.PageAsync(Settings + "/archive");
        await CampaignServer.Expect(
            400,
            await campaigner.SubmitAsync(archive, Settings + "/archive", Field("slug", "another"))
        );
        await CampaignServer.Expect(
            303,
            await campaigner.SubmitAsync(archive, Settings + "/archive", Field("slug", "made-by-form"))
        );
        Assert.Equal("archived", (string?)(await CampaignAsync("made-by-form"))["state"]);
    }

    [Fact]
    public async Task Rows_are_added_and_removed_without_a_script()
    {
        using var campaigner = await SignInAsync(Server.Url, Role.Campaigner);
        var page = await campaigner.PageAsync("/staff/campaigns/new");
        var fields = NewFields("rows").ToArray();
        page = await TextAsync(
            await campaigner.SubmitAsync(page, "/staff/campaigns/new", [.. fields, Field("act", "add-countries")]),
            200
        );
        Assert.Contains("name=\"countries[1].country\"", page);
        Assert.Contains("value=\"Free the printers\"", page);
        page = await TextAsync(
            await campaigner.SubmitAsync(
                page,
                "/staff/campaigns/new",
                [.. fields, Field("countries[1].country", "NL"), Field("act", "remove-countries-0")]
            ),
            200
        );
        Assert.Contains("name=\"countries[0].country\" type=\"text\" value=\"NL\"", page);
        Assert.DoesNotContain("countries[1].country", page);
    }

    [Fact]
    public async Task Unchanged_form_changes_nothing()
    {
        var slug = await Server.OpenCampaignAsync("same-settings");
        var edit = $"/staff/c/{slug}/settings/edit";
        var before = await CampaignAsync(slug);
        await using var window = await pages.WindowAsync();
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync(edit);
        await page.ClickAsync("button.main");
        await Assertions.Expect(page.Locator("section.notice")).ToHaveCountAsync(0);
        Assert.Equal(before.ToJsonString(), (await CampaignAsync(slug)).ToJsonString());
    }

    [Fact]
    public async Task Change_that_concerns_signers_is_saved_only_after_it_was_shown()
    {
        var slug = await Server.OpenCampaignAsync("signed-settings");
        await Server.SignAndConfirmAsync(slug, CampaignServer.Signature("signer@signed-settings.example.org"));
        await using var window = await pages.WindowAsync();
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync($"/staff/c/{slug}/settings/edit");
        await page.FillAsync("#recipients-0-name", "Another president");
        await page.ClickAsync("button.main");
        var asked = await page.InnerTextAsync("#main");
        Assert.Contains("Another president gets only a number from those who signed before", asked);
        Assert.Contains("become stale", asked);
        Assert.NotEqual("Another president", (string?)(await CampaignAsync(slug))["recipients"]![0]!["name"]);
        await page.ClickAsync("button[value=confirm]");
        await Assertions.Expect(page.Locator("section.notice")).ToHaveCountAsync(0);
        Assert.Equal("Another president", (string?)(await CampaignAsync(slug))["recipients"]![0]!["name"]);

        await page.GotoAsync($"/staff/c/{slug}/settings/texts");
        await page.FillAsync("#texts-0-title", "A better title");
        await page.ClickAsync("button.main");
        await Assertions.Expect(page.Locator("section.notice")).ToHaveCountAsync(0);
        var text = (await CampaignAsync(slug))["texts"]!["en"]!;
        Assert.Equal(("A better title", 2), ((string?)text["title"], (int)text["version"]!));
        Assert.Equal(1, (int)(await CampaignAsync(slug))["texts"]!["nl"]!["version"]!);
    }

    [Fact]
    public async Task Conflict_is_shown_side_by_side_with_a_choice()
    {
        var slug = await Server.OpenCampaignAsync("conflict-settings");
        await using var window = await pages.WindowAsync(width: 320);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync($"/staff/c/{slug}/settings/edit");
        await CampaignServer.Expect(
            200,
            await pages.Staff.PatchAsJsonAsync(
                $"/api/staff/campaigns/{slug}",
                new { goal = 77_777, answerWithinDays = 11 }
            )
        );
        await page.FillAsync("#goal", "88888");
        await page.ClickAsync("button.main");
        var conflict = await page.InnerTextAsync("section.notice");
        Assert.Contains("77777", conflict);
        Assert.Contains("88888", conflict);
        await page.CheckAsync("#take-answerWithinDays-theirs");
        await page.ClickAsync("section.notice button");
        await Assertions.Expect(page.Locator("section.notice")).ToHaveCountAsync(0);
        var campaign = await CampaignAsync(slug);
        Assert.Equal((88_888, 11), ((int)campaign["goal"]!, (int)campaign["answerWithinDays"]!));
    }

    [Fact]
    public async Task Settings_do_not_exist_for_organisers_and_auditors()
    {
        foreach (var role in (string[])[Role.Organiser, Role.Auditor])
        {
            using var other = await SignInAsync(Server.Url, role, role == Role.Organiser ? ["GB"] : []);
            foreach (var path in (string[])["", "/edit", "/texts", "/preview", "/open", "/close", "/archive"])
                await other.PageAsync($"/staff/c/{pages.Slug}/settings{path}", 404);
            await other.PageAsync("/staff/campaigns/new", 404);
        }
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_screen_of_settings_has_a_violation(string language)
    {
        var slug = await Server.OpenCampaignAsync("axe-settings-" + language);
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        var found = new List<string>();

        async Task Open(string path)
        {
            await page.GotoAsync(path);
            await Look(path);
        }

        async Task Look(string what)
        {
            // A text that is missing shows its key.
            Assert.DoesNotMatch(
                @"\b(Field|Part|Row|Choice|Step|Act|Conflict)\.[a-z]",
                await page.InnerTextAsync("main")
            );
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, what));
        }

        await Open("/staff/campaigns/new");
        await page.ClickAsync("button.main");
        await Look("new, refused");
        var settings = $"/staff/c/{slug}/settings";
        foreach (var path in (string[])["", "/texts", "/close", "/archive", "/preview", "/edit"])
            await Open(settings + path);
        await CampaignServer.Expect(
            200,
            await pages.Staff.PatchAsJsonAsync($"/api/staff/campaigns/{slug}", new { goal = 77_777 })
        );
        await page.ClickAsync("button.main");
        await Look("edit, conflict");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private async Task<JsonObject> CampaignAsync(string slug) =>
        (await pages.Staff.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{slug}"))!;

    private static async Task<string> TextAsync(HttpResponseMessage answer, int status) =>
        await (await CampaignServer.Expect(status, answer)).Content.ReadAsStringAsync();

    private static IEnumerable<KeyValuePair<string, string>> NewFields(string slug) =>
        [
            Field("slug", slug),
            Field("organisation", "Example Rights International"),
            Field("controller.name", "Example Rights International"),
            Field("controller.contact", "privacy@example.org"),
            Field("privacyNotice.version", "1"),
            Field("privacyNotice.text", "We keep little."),
            Field("goal", "1000"),
            Field("texts[0].locale", "en"),
            Field("texts[0].title", "Free the printers"),
            Field("texts[0].demand", "We ask you to free them."),
            Field("countries[0].country", "GB"),
            Field("countries[0].goal", "500"),
            Field("recipients[0].key", "ministry"),
            Field("recipients[0].name", "Ministry"),
            Field("recipients[0].address", "1 Mill Lane\r\nLondon"),
            Field("recipients[0].risk", "low"),
            Field("recipients[0].maxDisclosure", "name"),
            Field("closesAt", "2030-05-17T09:00"),
            Field("eraseAfterDays", "90"),
        ];
}
