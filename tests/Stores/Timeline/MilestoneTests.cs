using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;
using Campaigns.Db.Timeline;
using Campaigns.Tests.Infrastructure;
using Campaigns.Timeline;
using Campaigns.Worker.Timeline;

namespace Campaigns.Tests.Stores.Timeline;

public sealed class MilestoneTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Job_records_a_reached_goal_once()
    {
        await SetAsync(sensitive: false);
        await _fixture.ConfirmManyAsync(3);
        await _fixture.RunAsync<RecordMilestonesJob>();
        await _fixture.RunAsync<RecordMilestonesJob>();
        Assert.Equal([("country-goal", "GB", 2L), ("goal", null, 3L)], Recorded());
        var shown = await _fixture.Get<PublicTimeline>().OfAsync(_fixture.Campaign.Id);
        Assert.All(shown.Milestones, one => Assert.Equal(new DateOnly(2026, 5, 17), one.On));
    }

    [Fact]
    public async Task Milestones_of_a_sensitive_campaign_follow_the_seal()
    {
        await SetAsync(sensitive: true);
        await _fixture.ConfirmManyAsync(3);
        await _fixture.RunAsync<RecordMilestonesJob>();
        Assert.Empty(Recorded());
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.SealAsync();
        await _fixture.RunAsync<RecordMilestonesJob>();
        Assert.NotEmpty(Recorded());
    }

    [Fact]
    public void Of_several_round_numbers_the_largest_counts_and_none_comes_back()
    {
        var campaign = _fixture.Campaign;
        var none = new Dictionary<string, long>();
        var first = MilestoneRules.FindReached(campaign, none, 2_400, []);
        Assert.Equal([2_000], first.Where(one => one.Kind == MilestoneKind.Round).Select(one => one.Number));
        Assert.DoesNotContain(MilestoneRules.FindReached(campaign, none, 1_200, [.. first]), one =>
            one.Kind == MilestoneKind.Round
        );
    }

    private async Task SetAsync(bool sensitive)
    {
        var draft = Example.DraftOf(_fixture.Campaign) with
        {
            Goal = 3,
            Countries = [new("GB", 2, "en"), new("NL", 50, "nl")],
            Sensitive = sensitive,
        };
        var changed = await _fixture
            .Get<CampaignEditor>()
            .ChangeAsync(CampaignFixture.Slug, _ => draft, Actor.Operator, mayEraseSooner: false);
        Assert.Null(changed.Refusal);
        _fixture.Reload();
    }

    private List<(string Kind, string? Country, long Number)> Recorded() =>
        [
            .. _fixture
                .Get<TimelineReader>()
                .ListMilestones(_fixture.Campaign.Id)
                .Select(one => (one.Milestone.Kind, one.Milestone.Country, one.Milestone.Number)),
        ];
}
