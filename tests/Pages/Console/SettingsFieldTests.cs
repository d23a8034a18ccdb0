using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// The form of a campaign has every field of the API: words by language, and how recipients
/// receive and answer.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class SettingsFieldTests(PageServer pages)
{
    [Fact]
    public async Task Unchanged_form_keeps_words_by_language_and_profiles()
    {
        var slug = await OpenAsync("all-fields");
        var before = await CampaignAsync(slug);
        await using var window = await pages.WindowAsync(width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync($"/staff/c/{slug}/settings/edit");
        Assert.Empty(await PageInspection.InspectAsync(page, "the form with every field"));
        await page.ClickAsync("button.main");
        await page.WaitForURLAsync($"**/staff/c/{slug}/settings");
        Assert.Equal(before.ToJsonString(), (await CampaignAsync(slug)).ToJsonString());
    }

    [Fact]
    public async Task Form_changes_words_by_language_and_profiles()
    {
        var slug = await OpenAsync("changed-fields");
        await using var window = await pages.WindowAsync();
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync($"/staff/c/{slug}/settings/edit");
        await page.FillAsync("#recipients-0-names", "nl: De president\nnb: Presidenten");
        await page.FillAsync("#recipients-0-answerWithin-days", "20");
        await page.SelectOptionAsync("#recipients-0-answerWithin-kind", "working");
        await page.FillAsync("#recipients-0-answerWithin-holidays", "GB");
        await page.UncheckAsync("#recipients-0-profile-weekdays-mon");
        await page.CheckAsync("#recipients-0-profile-media-medium");
        await page.FillAsync("#notices-0-text", "Wij bewaren nog minder.");
        await page.FillAsync("#privacyNotice-version", "2019-06");
        await page.FillAsync("#shares-0-text", "Teken ook.");
        await page.FillAsync("#share-hashtags", "Chechnya LGBT");
        await page.ClickAsync("button.main");
        await page.WaitForURLAsync($"**/staff/c/{slug}/settings");

        var changed = await CampaignAsync(slug);
        var recipient = changed["recipients"]![0]!;
        Assert.Equal("""{"nb":"Presidenten","nl":"De president"}""", Sorted(recipient["names"]!));
        Assert.Equal("""{"days":20,"kind":"working","holidays":"GB"}""", recipient["answerWithin"]!.ToJsonString());
        Assert.Equal("""["tue"]""", recipient["profile"]!["weekdays"]!.ToJsonString());
        Assert.Equal("""["paper","medium"]""", recipient["profile"]!["media"]!.ToJsonString());
        Assert.Equal("Wij bewaren nog minder.", (string?)changed["privacyNotice"]!["texts"]!["nl"]);
        Assert.Equal("Teken ook.", (string?)changed["share"]!["text"]!["nl"]);
        Assert.Equal("""["Chechnya","LGBT"]""", changed["share"]!["hashtags"]!.ToJsonString());
    }

    [Fact]
    public async Task Refused_words_are_named_at_their_fields()
    {
        var slug = await OpenAsync("refused-fields");
        await using var window = await pages.WindowAsync(script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        await page.GotoAsync($"/staff/c/{slug}/settings/edit");
        await page.FillAsync("#recipients-0-names", "De president");
        await page.FillAsync("#recipients-0-answerWithin-days", "0");
        await page.FillAsync("#notices-0-text", "");
        await page.FillAsync("#shares-0-text", new string('a', 281));
        await page.FillAsync("#share-hashtags", "one-word");
        await page.ClickAsync("button.main");
        foreach (
            var field in (string[])
                [
                    "recipients-0-names",
                    "recipients-0-answerWithin-days",
                    "notices-0-text",
                    "shares-0-text",
                    "share-hashtags",
                ]
        )
            Assert.True(await page.Locator($"#{field}[aria-invalid]").CountAsync() == 1, field);
        Assert.Empty(await PageInspection.InspectAsync(page, "the refused form"));

        await page.GotoAsync($"/staff/c/{slug}/settings/edit");
        await page.ClickAsync("button[value=remove-notices-0]");
        await page.ClickAsync("button[value=remove-shares-0]");
        await page.FillAsync("#recipients-0-names", "");
        await page.FillAsync("#privacyNotice-version", "2019-07");
        await page.ClickAsync("button.main");
        await page.WaitForURLAsync($"**/staff/c/{slug}/settings");
        var cleared = await CampaignAsync(slug);
        Assert.Null(cleared["privacyNotice"]!["texts"]?["nl"]);
        Assert.Null(cleared["share"]!["text"]?["nl"]);
        Assert.Null(cleared["recipients"]![0]!["names"]?["nl"]);
    }

    private Task<string> OpenAsync(string slug) => pages.Server.OpenCampaignAsync(slug, body =>
        {
            body["privacyNotice"] = JsonNode.Parse(
                """{"version":"2019-05","text":"We keep little.","texts":{"nl":"Wij bewaren weinig."}}"""
            );
            body["share"] = JsonNode.Parse("""{"text":{"nl":"Doe mee."},"hashtags":["Chechnya"]}""");
            var recipient = body["recipients"]![0]!;
            recipient["names"] = JsonNode.Parse("""{"nl":"De president van Rusland"}""");
            recipient["kind"] = "head-of-state";
            recipient["locale"] = "ru";
            recipient["answerWithin"] = JsonNode.Parse("""{"days":30,"kind":"calendar"}""");
            recipient["profile"] = JsonNode.Parse(
                """{"noticeDays":14,"admits":4,"media":["paper"],"weekdays":["mon","tue"],"note":"By post."}"""
            );
        });

    private static string Sorted(JsonNode words) =>
        new JsonObject(
            words
                .AsObject()
                .OrderBy(word => word.Key, StringComparer.Ordinal)
                .Select(word => KeyValuePair.Create(word.Key, word.Value?.DeepClone()))
        ).ToJsonString();

    private async Task<JsonObject> CampaignAsync(string slug) =>
        (await pages.Staff.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{slug}"))!;
}
