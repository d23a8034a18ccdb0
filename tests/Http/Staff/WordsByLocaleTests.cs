using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>
/// Words of a campaign in several languages: its notice, its recipients, what people share.
/// </summary>
public sealed class WordsByLocaleTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Words_are_read_by_language_and_sent_back_unchanged()
    {
        var slug = await shared.Server.OpenCampaignAsync("words", body =>
        {
            body["privacyNotice"] = Node(
                """{"version":"1","texts":{"en":"We keep little.","nl":"Wij bewaren weinig."}}"""
            );
            body["share"] = Node("""{"text":{"nl":"Doe mee."},"hashtags":["#Tsjetsjenië","LGBT"]}""");
            body["recipients"]![0]!["names"] = Node("""{"nl":"President van Rusland"}""");
        });
        var address = $"/api/staff/campaigns/{slug}";
        var read = (await shared.Staff.GetFromJsonAsync<JsonObject>(address))!;
        Assert.Equal("We keep little.", (string)read["privacyNotice"]!["text"]!);
        Assert.Equal("Tsjetsjenië", (string)read["share"]!["hashtags"]![0]!);
        var same = await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, read));
        var after = (await same.Content.ReadFromJsonAsync<JsonObject>())!;
        foreach (var field in (string[])["privacyNotice", "share", "recipients"])
            Assert.True(JsonNode.DeepEquals(read[field], after[field]), field);

        var dutch = WebUtility.HtmlDecode(await shared.Http.GetStringAsync($"/c/{slug}?lang=nl"));
        Assert.Contains("Wij bewaren weinig.", dutch, StringComparison.Ordinal);
        Assert.Contains("President van Rusland", dutch, StringComparison.Ordinal);
        Assert.Contains("data-text=\"Doe mee. #Tsjetsjenië #LGBT\"", dutch, StringComparison.Ordinal);
        var english = WebUtility.HtmlDecode(await shared.Http.GetStringAsync($"/c/{slug}?lang=en"));
        Assert.Contains("We keep little.", english, StringComparison.Ordinal);
        Assert.DoesNotContain("President van Rusland", english, StringComparison.Ordinal);
        var open = (await shared.Http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{slug}"))!;
        Assert.Equal("Wij bewaren weinig.", (string)open["privacyNotice"]!["texts"]!["nl"]!);
        Assert.Equal("President van Rusland", (string)open["recipients"]![0]!["names"]!["nl"]!);
    }

    [Fact]
    public async Task Notice_with_one_text_stays_possible()
    {
        var slug = await shared.Server.OpenCampaignAsync("one-notice");
        var open = (await shared.Http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{slug}"))!;
        Assert.Equal(["version", "text"], open["privacyNotice"]!.AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task Text_of_a_shown_version_changes_in_no_language()
    {
        var slug = await shared.Server.OpenCampaignAsync("shown-notice", body =>
            body["privacyNotice"] = Node("""{"version":"1","texts":{"en":"We keep little."}}""")
        );
        var address = $"/api/staff/campaigns/{slug}";
        var patch = Node("""{"privacyNotice":{"texts":{"nl":"Wij bewaren weinig."}}}""");
        var refused = await (await shared.Staff.PatchAsJsonAsync(address, patch)).ProblemAsync(400, "validation");
        Assert.NotNull(refused["errors"]!["privacyNotice.version"]);
        patch["privacyNotice"]!["version"] = "2";
        var changed = await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, patch));
        Assert.Equal(["en", "nl"], await LocalesAsync(changed));
        var less = Node("""{"privacyNotice":{"version":"3","texts":{"nl":null}}}""");
        var left = await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, less));
        Assert.Equal(["en"], await LocalesAsync(left));
    }

    [Theory]
    [InlineData("""{"privacyNotice":{"version":"9","texts":{"english":"x"}}}""", "privacyNotice.texts")]
    [InlineData("""{"privacyNotice":{"version":"9","texts":{"nl":7}}}""", "privacyNotice.texts.nl")]
    [InlineData("""{"share":{"hashtags":["two words"]}}""", "share.hashtags[0]")]
    [InlineData("""{"share":{"text":{"en":""}}}""", "share.text.en")]
    [InlineData("""{"share":{"words":1}}""", "share.words")]
    public async Task Wrong_words_name_their_field(string patch, string field)
    {
        var answer = await shared.Staff.PatchAsJsonAsync($"/api/staff/campaigns/{shared.Slug}", Node(patch));
        var problem = await answer.ProblemAsync(400, "validation");
        Assert.NotNull(problem["errors"]![field]);
    }

    private static JsonObject Node(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static async Task<IEnumerable<string>> LocalesAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["privacyNotice"]!["texts"]!
            .AsObject()
            .Select(text => text.Key);
}
