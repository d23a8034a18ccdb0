using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;

namespace Campaigns.Tests.Http.Counts;

/// <summary>
/// A member of staff who signs for an address cannot see from figures whether the address was
/// known.
/// </summary>
public sealed class CoarseCountsTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;
    private string _sensitive = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync("quiet");
        _sensitive = await _server.OpenCampaignAsync("sensitive", body => body["sensitive"] = true);
        await NextHourAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("auditor", "quiet", true)]
    [InlineData("organiser", "quiet", true)]
    [InlineData("campaigner", "quiet", false)]
    [InlineData("administrator", "quiet", false)]
    [InlineData("auditor", "sensitive", true)]
    [InlineData("organiser", "sensitive", true)]
    [InlineData("campaigner", "sensitive", true)]
    [InlineData("administrator", "sensitive", true)]
    public async Task Pending_changes_with_the_hour_and_hides_small_numbers(string role, string slug, bool coarse)
    {
        using var staff = await _server.StaffAsync(role, role == "organiser" ? ["NO", "SE"] : []);
        await SignAsync(slug, "NO", 6);
        await SignAsync(slug, "SE", 4);
        Assert.Equal(coarse ? null : 6, (long?)(await RowAsync(staff, slug, "NO"))["pending"]);
        await NextHourAsync();
        var norway = await RowAsync(staff, slug, "NO");
        Assert.Equal(6, (long?)norway["pending"]);
        Assert.Equal(coarse, norway.ContainsKey("few"));
        var sweden = await RowAsync(staff, slug, "SE");
        Assert.Equal(coarse ? null : 4, (long?)sweden["pending"]);
        Assert.Equal(coarse ? true : null, (bool?)sweden["few"]);
        Assert.Equal(coarse ? null : 0, (long?)norway["held"]);
        Assert.Equal(coarse ? null : 0, (long?)norway["expired"]);
        Assert.Equal(0, (long?)norway["confirmed"]);

        await SignAsync(slug, "NO", 1, "another");
        Assert.Equal(coarse ? 6 : 7, (long?)(await RowAsync(staff, slug, "NO"))["pending"]);
    }

    [Fact]
    public async Task Country_of_an_unconfirmed_person_appears_with_the_hour()
    {
        using var auditor = await _server.StaffAsync("auditor");
        await SignAsync(_slug, "TV", 1);
        Assert.DoesNotContain("TV", await CountriesAsync(auditor));
        await NextHourAsync();
        Assert.Contains("TV", await CountriesAsync(auditor));
    }

    [Fact]
    public async Task Figures_say_of_which_hour_they_are()
    {
        using var auditor = await _server.StaffAsync("auditor");
        var before = await AsOfAsync(auditor);
        await SignAsync(_slug, "NO", 1);
        await _server.RunAsync<SnapshotCountsJob>();
        Assert.Equal(before, await AsOfAsync(auditor));
        await NextHourAsync();
        Assert.True(await AsOfAsync(auditor) > before);
    }

    [Fact]
    public async Task New_database_has_no_figures_before_a_full_hour()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        for (var n = 0; n < 6; n++)
            await server.SignAsync(slug, CampaignServer.Signature($"n{n}@example.org"));
        await server.RunAsync<SnapshotCountsJob>();
        using var auditor = await server.StaffAsync("auditor");
        var counts = await (await auditor.GetAsync($"/api/staff/campaigns/{slug}/counts")).BodyAsync();
        var norway = counts["countries"]!.AsArray().Single(row => (string?)row!["country"] == "NO")!;
        Assert.Null((long?)norway["pending"]);
        Assert.True((bool)norway["few"]!);
    }

    [Fact]
    public async Task Letters_of_a_sensitive_campaign_are_counted_with_the_hour()
    {
        using var campaigner = await _server.StaffAsync("campaigner");
        await SignAsync(_sensitive, "NO", 6);
        await _server.WaitForMailAsync();
        Assert.Empty(await LettersAsync(campaigner, _sensitive));
        await NextHourAsync();
        var letters = Assert.Single(await LettersAsync(campaigner, _sensitive))!;
        Assert.Equal(("confirm", "sent", 6), Figure(letters));
        // A repeat writes a letter.
        await SignAsync(_sensitive, "NO", 1);
        await _server.WaitForMailAsync();
        Assert.Equal(("confirm", "sent", 6), Figure(Assert.Single(await LettersAsync(campaigner, _sensitive))!));

        await SignAsync(_slug, "NO", 1);
        await _server.WaitForMailAsync();
        Assert.Equal(("confirm", "sent", 1), Figure(Assert.Single(await LettersAsync(campaigner, _slug))!));
    }

    private static (string?, string?, long?) Figure(JsonNode letters) =>
        ((string?)letters["kind"], (string?)letters["state"], (long?)letters["letters"]);

    private async Task NextHourAsync()
    {
        _server.Clock.AdvanceToNextHour();
        await _server.RunAsync<SnapshotCountsJob>();
    }

    private async Task SignAsync(string slug, string country, int people, string name = "person")
    {
        for (var n = 0; n < people; n++)
            await _server.SignAsync(
                slug,
                CampaignServer.Signature($"{name}{n}.{country}@example.org", country: country)
            );
    }

    private static async Task<JsonObject> CountsAsync(HttpClient staff, string slug) =>
        await (
            await CampaignServer.Expect(200, await staff.GetAsync($"/api/staff/campaigns/{slug}/counts"))
        ).BodyAsync();

    private static async Task<JsonObject> RowAsync(HttpClient staff, string slug, string country) =>
        (await CountsAsync(staff, slug))["countries"]!
            .AsArray()
            .Single(row => (string?)row!["country"] == country)!
            .AsObject();

    private async Task<IReadOnlyList<string?>> CountriesAsync(HttpClient staff) =>
        [.. (await CountsAsync(staff, _slug))["countries"]!.AsArray().Select(row => (string?)row!["country"])];

    private async Task<DateTimeOffset?> AsOfAsync(HttpClient staff) =>
        (DateTimeOffset?)(await CountsAsync(staff, _slug))["unconfirmedAsOf"];

    private static async Task<JsonArray> LettersAsync(HttpClient staff, string slug) =>
        (
            await (
                await CampaignServer.Expect(200, await staff.GetAsync($"/api/staff/campaigns/{slug}/letters"))
            ).BodyAsync()
        )["counts"]!.AsArray();
}
