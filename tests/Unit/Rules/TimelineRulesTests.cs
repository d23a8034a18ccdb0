using Campaigns.Timeline;

namespace Campaigns.Tests.Unit.Rules;

public sealed class TimelineRulesTests
{
    [Theory]
    [InlineData("https://example.org/report?page=3#top", true)]
    [InlineData("http://example.org", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("//example.org", false)]
    [InlineData("/report", false)]
    [InlineData("https://user:secret@example.org", false)]
    [InlineData("https://example.org/a b", false)]
    [InlineData("example.org", false)]
    public void Address_of_a_source_is_http_without_a_user(string url, bool isValid) =>
        Assert.Equal(isValid, TimelineRules.UrlProblem(url) is null);

    [Fact]
    public void Only_an_event_may_be_in_the_future()
    {
        var today = new DateOnly(2019, 5, 17);
        Assert.NotNull(TimelineRules.DayProblem(TimelineKind.Update, today.AddDays(1), today));
        Assert.NotNull(TimelineRules.DayProblem(TimelineKind.Development, today.AddDays(1), today));
        Assert.Null(TimelineRules.DayProblem(TimelineKind.Event, today.AddDays(1), today));
        Assert.Null(TimelineRules.DayProblem(TimelineKind.Update, today, today));
    }

    [Fact]
    public void Organiser_sees_what_organisers_of_own_countries_wrote_and_changes_drafts()
    {
        Assert.True(TimelineRules.IsInScope(null, null));
        Assert.False(TimelineRules.IsInScope(null, ["GB"]));
        Assert.True(TimelineRules.IsInScope(["GB"], ["GB", "NL"]));
        Assert.False(TimelineRules.IsInScope(["GB", "NL"], ["GB"]));
        Assert.True(TimelineRules.IsWritable(EntryState.Published, null));
        Assert.True(TimelineRules.IsWritable(EntryState.Draft, ["GB"]));
        Assert.False(TimelineRules.IsWritable(EntryState.Published, ["GB"]));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(99, null)]
    [InlineData(100, 100)]
    [InlineData(199, 100)]
    [InlineData(4_999, 2_000)]
    [InlineData(275_000, 200_000)]
    [InlineData(1_000_000, 1_000_000)]
    public void Round_numbers_are_one_two_and_five_with_zeros(long number, int? round) =>
        Assert.Equal(round, MilestoneRules.LargestRound(number));
}
