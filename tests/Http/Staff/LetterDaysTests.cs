using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;

namespace Campaigns.Tests.Http.Staff;

/// <summary>What staff see of letters by day.</summary>
public sealed class LetterDaysTests : IAsyncLifetime
{
    private CampaignServer _server = null!;

    public async Task InitializeAsync() => _server = await CampaignServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Campaigner_sees_the_fate_of_letters_by_day()
    {
        var slug = await _server.OpenCampaignAsync();
        await SignAsync(slug, 2);
        var day = Assert.Single(await DaysAsync("campaigner", slug))!;
        Assert.Equal((2, 2, 0), ((long?)day["created"], (long?)day["accepted"], (long?)day["suppressed"]));
        Assert.Empty(day["refused"]!.AsArray());
        Assert.False(day.AsObject().ContainsKey("few"));
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", (string?)day["day"]);
    }

    [Theory]
    [InlineData("campaigner")]
    [InlineData("administrator")]
    public async Task Days_of_a_sensitive_campaign_are_hourly_and_hide_small_numbers(string role)
    {
        var slug = await _server.OpenCampaignAsync("sensitive", body => body["sensitive"] = true);
        await NextHourAsync();
        await SignAsync(slug, 6);
        Assert.Empty(await DaysAsync(role, slug));
        await NextHourAsync();
        var created = (await DaysAsync(role, slug)).Sum(day => (long?)day!["created"]);
        Assert.Equal(6, created);
        var last = (await DaysAsync(role, slug))[0]!;
        Assert.Null((long?)last["cancelled"]);
        Assert.True((bool)last["few"]!);
        await SignAsync(slug, 1, "another");
        Assert.Equal(created, (await DaysAsync(role, slug)).Sum(day => (long?)day!["created"]));
    }

    [Theory]
    [InlineData("organiser")]
    [InlineData("auditor")]
    public async Task Members_without_the_letters_of_a_campaign_get_404(string role)
    {
        var slug = await _server.OpenCampaignAsync();
        using var staff = await _server.StaffAsync(role, role == "organiser" ? ["NO"] : []);
        await CampaignServer.Expect(404, await staff.GetAsync($"/api/staff/campaigns/{slug}/letters"));
    }

    private async Task NextHourAsync()
    {
        _server.Clock.AdvanceToNextHour();
        await _server.RunAsync<SnapshotCountsJob>();
    }

    private async Task SignAsync(string slug, int people, string name = "person")
    {
        for (var n = 0; n < people; n++)
            await _server.SignAsync(slug, CampaignServer.Signature($"{name}{n}@example.org"));
        await _server.WaitForMailAsync();
    }

    private async Task<JsonArray> DaysAsync(string role, string slug)
    {
        using var staff = await _server.StaffAsync(role);
        var answer = await CampaignServer.Expect(200, await staff.GetAsync($"/api/staff/campaigns/{slug}/letters"));
        return (await answer.BodyAsync())["days"]!.AsArray();
    }
}
