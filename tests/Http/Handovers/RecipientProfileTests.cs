using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>What a recipient is, and how it receives.</summary>
public sealed class RecipientProfileTests(HandoverServer shared) : IClassFixture<HandoverServer>
{
    private const string Profile =
        """{"noticeDays":14,"admits":1,"media":["paper","email"],"weekdays":["mon","fri"],"note":"Side door."}""";

    private string Path => $"/api/staff/campaigns/{shared.Slug}";

    [Fact]
    public async Task Kind_locale_and_profile_are_kept_when_missing_and_cleared_by_null()
    {
        var recipients = await ReadAsync();
        Set(recipients, "ministry", "ru", """{"weekdays":["fri","mon","fri"],"media":["email","paper"]}""");
        recipients[0]!["profile"]!["noticeDays"] = 14;
        recipients[0]!["profile"]!["admits"] = 1;
        recipients[0]!["profile"]!["note"] = "Side door.";
        await ChangeAsync(recipients);
        var stored = (await ReadAsync())[0]!;
        Assert.Equal(
            ("ministry", "ru", Profile),
            ((string?)stored["kind"], (string?)stored["locale"], stored["profile"]!.ToJsonString())
        );

        // As clients do that do not know the fields, and then as one that sends what it read.
        foreach (var field in (string[])["kind", "locale", "profile"])
            recipients[0]!.AsObject().Remove(field);
        await ChangeAsync(recipients);
        Assert.Equal(stored.ToJsonString(), (await ReadAsync())[0]!.ToJsonString());
        await ChangeAsync(await ReadAsync());
        Assert.Equal(stored.ToJsonString(), (await ReadAsync())[0]!.ToJsonString());

        foreach (var field in (string[])["kind", "locale", "profile"])
            recipients[0]![field] = null;
        await ChangeAsync(recipients);
        var cleared = (await ReadAsync())[0]!.AsObject();
        Assert.DoesNotContain(cleared, field => field.Key is "kind" or "locale" or "profile");
    }

    [Theory]
    [InlineData("""{"kind":"palace"}""", "kind")]
    [InlineData("""{"kind":7,"locale":"fr"}""", "kind", "locale")]
    [InlineData("""{"profile":[]}""", "profile")]
    [InlineData("""{"profile":{"noticeDays":0,"admits":0}}""", "profile.noticeDays", "profile.admits")]
    [InlineData("""{"profile":{"media":["paper","fax"],"weekdays":[]}}""", "profile.media[1]", "profile.weekdays")]
    [InlineData("""{"profile":{"weekdays":["Monday"],"door":"side"}}""", "profile.weekdays[0]", "profile.door")]
    public async Task Wrong_field_of_a_recipient_is_refused_by_name(string change, params string[] fields)
    {
        var recipients = await ReadAsync();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            recipients[1]![name] = value?.DeepClone();
        var answer = await shared.Staff.PatchAsJsonAsync(Path, new { recipients });
        await answer.RefusesFieldsAsync([.. fields.Select(field => $"recipients[1].{field}")]);
    }

    [Fact]
    public async Task Handover_says_what_does_not_fit_the_recipient()
    {
        var address = await shared.PlannedAsync();
        Assert.Empty((await shared.ReadAsync(address))["warnings"]!.AsArray());
        var recipients = await ReadAsync();
        var embassy = recipients.First(one => (string?)one!["key"] == "embassy-oslo")!;
        embassy["profile"] = new JsonObject { ["noticeDays"] = 14, ["admits"] = 1 };
        embassy["locale"] = "nl";
        await ChangeAsync(recipients);

        Assert.Equal(["short-notice", "too-many-people"], await WarningsAsync(shared.Staff, address));
        using var auditor = await shared.Server.StaffAsync(Role.Auditor);
        Assert.Equal(["short-notice"], await WarningsAsync(auditor, address));
        using var console = await ConsoleClient.SignInAsync(shared.Server);
        var page = await console.ReadAsync($"/staff/c/{shared.Slug}/handovers/{address.Split('/')[^1]}");
        Assert.Contains("The recipient wants to know earlier.", page, StringComparison.Ordinal);
        Assert.Contains("14 days", page, StringComparison.Ordinal);

        var ordered = await shared.Staff.PostAsJsonAsync($"{Path}/packets", new { recipient = "embassy-oslo" });
        var packet = await (await CampaignServer.Expect(202, ordered)).BodyAsync();
        Assert.True(Ids.TryParse((string?)packet["id"], out var id));
        var locale = shared.Server.Query<string>("SELECT locale FROM packets WHERE id = @id", new { id });
        Assert.Equal("nl", locale);
    }

    private static async Task<IEnumerable<string?>> WarningsAsync(HttpClient http, string address) =>
        (await (await http.GetAsync(address)).BodyAsync())["warnings"]!.AsArray().Select(one => (string?)one);

    private static void Set(JsonArray recipients, string kind, string locale, string profile)
    {
        recipients[0]!["kind"] = kind;
        recipients[0]!["locale"] = locale;
        recipients[0]!["profile"] = JsonNode.Parse(profile);
    }

    private async Task<JsonArray> ReadAsync() =>
        (JsonArray)(await (await shared.Staff.GetAsync(Path)).BodyAsync())["recipients"]!.DeepClone();

    private async Task ChangeAsync(JsonArray recipients) =>
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(Path, new { recipients }));
}
