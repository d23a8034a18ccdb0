using Campaigns.Handovers;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>What in a plan does not fit its recipient.</summary>
public sealed class PlanWarningsTests
{
    private static readonly DateOnly _friday = new(2019, 5, 17);

    private static readonly HandoverPlan _plan = new()
    {
        Recipient = "embassy",
        Occasion = null,
        PlannedOn = _friday,
        Time = null,
        Notes = new HandoverNotes(null, ["Kari", "Ola", "Anne"], null),
        Packets = [1],
        IsPublic = false,
    };

    [Theory]
    [InlineData(14, null, null, null, "")]
    [InlineData(15, null, null, null, "short-notice")]
    [InlineData(null, 3, null, null, "")]
    [InlineData(null, 2, null, null, "too-many-people")]
    [InlineData(null, null, "mon tue wed thu fri", null, "")]
    [InlineData(null, null, "sat sun mon", null, "wrong-weekday")]
    [InlineData(null, null, null, "paper email", "")]
    [InlineData(null, null, null, "email", "email-only")]
    [InlineData(15, 2, "sun", "email", "short-notice wrong-weekday too-many-people email-only")]
    public void Plan_that_breaks_the_profile_has_warnings(
        int? noticeDays,
        int? admits,
        string? weekdays,
        string? media,
        string warnings
    )
    {
        var profile = new RecipientProfile(noticeDays, admits, media?.Split(' '), weekdays?.Split(' '), null);
        Assert.Equal(warnings, Find(profile));
    }

    [Fact]
    public void Plan_without_a_day_or_delegation_has_no_warning_about_them()
    {
        var profile = new RecipientProfile(365, 1, null, ["sun"], null);
        var bare = _plan with { PlannedOn = null, Notes = new HandoverNotes(null, null, null) };
        Assert.Empty(PlanWarnings.Find(bare, RecipientWith(profile), HandoverState.Planned, _friday));
    }

    [Theory]
    [InlineData(HandoverState.Planned, "no-electronic-signatures")]
    [InlineData(HandoverState.Attempted, "no-electronic-signatures")]
    [InlineData(HandoverState.Delivered, "")]
    [InlineData(HandoverState.Answered, "")]
    [InlineData(HandoverState.Cancelled, "")]
    public void Only_a_plan_that_is_not_carried_out_has_warnings(string state, string warnings)
    {
        var parliament = RecipientWith(null) with { Kind = RecipientKind.ParliamentGb };
        Assert.Equal(warnings, string.Join(' ', PlanWarnings.Find(_plan, parliament, state, _friday)));
        Assert.Empty(PlanWarnings.Find(_plan, null, state, _friday));
    }

    private static string Find(RecipientProfile profile) =>
        string.Join(' ', PlanWarnings.Find(_plan, RecipientWith(profile), HandoverState.Planned, _friday.AddDays(-14)));

    private static Recipient RecipientWith(RecipientProfile? profile) =>
        SampleCampaign.Create().Recipients[0] with
        {
            Profile = profile,
        };
}
