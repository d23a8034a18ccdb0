namespace Campaigns.Tests.Unit.Rules;

/// <summary>
/// Every state × every act of a campaign, against a table that is written out here.
/// </summary>
public sealed class CampaignLifecycleTests
{
    // The state afterwards, - if it is allowed and nothing changes, or the code of the refusal in brackets.
    // draft, open, closed, archived
    private static readonly Dictionary<CampaignAct, string> _expected = new()
    {
        [CampaignAct.Show] = "[no-such-campaign] - - -",
        [CampaignAct.List] = "[no-such-campaign] - [no-such-campaign] [no-such-campaign]",
        [CampaignAct.Sign] = "[campaign-closed] - [campaign-closed] [campaign-closed]",
        [CampaignAct.Subscribe] = "[no-such-campaign] - - [campaign-closed]",
        [CampaignAct.Edit] = "- - - [wrong-state]",
        [CampaignAct.AddText] = "- - - [wrong-state]",
        [CampaignAct.Open] = "open - open [wrong-state]",
        [CampaignAct.Close] = "[wrong-state] closed - [wrong-state]",
        [CampaignAct.Archive] = "[wrong-state] [wrong-state] archived -",
        [CampaignAct.OrderPacket] = "- - - -",
        [CampaignAct.BeginTerm] = "[wrong-state] [wrong-state] - -",
    };

    public static TheoryData<CampaignAct> Acts => [.. Enum.GetValues<CampaignAct>()];

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_does_in_each_state_what_the_table_says(CampaignAct act) =>
        Assert.Equal(_expected[act], string.Join(' ', CampaignState.All.Select(state => After(state, act))));

    [Fact]
    public void The_states_are_those_of_the_database() =>
        Assert.Equal(["draft", "open", "closed", "archived"], CampaignState.All);

    [Fact]
    public void Archived_is_final_and_draft_is_only_the_beginning()
    {
        foreach (var act in Enum.GetValues<CampaignAct>())
        {
            Assert.Null(CampaignLifecycle.Find(CampaignState.Archived, act).State);
            Assert.All(
                CampaignState.All,
                state => Assert.NotEqual(CampaignState.Draft, CampaignLifecycle.Find(state, act).State)
            );
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => CampaignLifecycle.ActTo(CampaignState.Draft));
    }

    [Theory]
    [InlineData("open", CampaignAct.Open)]
    [InlineData("closed", CampaignAct.Close)]
    [InlineData("archived", CampaignAct.Archive)]
    public void A_state_is_reached_by_one_act(string state, CampaignAct act)
    {
        Assert.Equal(act, CampaignLifecycle.ActTo(state));
        foreach (var from in CampaignState.All)
            Assert.Contains(CampaignLifecycle.Find(from, act).State, (string?[])[null, state]);
        // Already there: allowed, and nothing changes.
        Assert.Equal(new CampaignTransition(), CampaignLifecycle.Find(state, act));
    }

    [Theory]
    [InlineData("open", null, null, true)]
    [InlineData("open", 0, 0, false)]
    [InlineData("open", 0, 1, true)]
    [InlineData("open", -1, null, true)]
    [InlineData("open", 1, null, false)]
    [InlineData("open", null, -1, false)]
    [InlineData("open", null, 0, false)]
    [InlineData("draft", -1, 1, false)]
    [InlineData("closed", -1, 1, false)]
    [InlineData("archived", -1, 1, false)]
    public void Campaign_accepts_signatures_while_open_and_between_its_times(
        string state,
        int? opens,
        int? closes,
        bool accepts
    )
    {
        var now = new DateTimeOffset(2019, 5, 17, 12, 0, 0, TimeSpan.Zero);
        var campaign = SampleCampaign.Create() with
        {
            State = state,
            OpensAt = opens is { } before ? now.AddHours(before) : null,
            ClosesAt = closes is { } after ? now.AddHours(after) : null,
        };
        Assert.Equal(accepts, campaign.AcceptsSignatures(now));
        Assert.Equal(state != "draft", campaign.IsPublic);
        Assert.Equal(state == "open", campaign.IsListed);
    }

    private static string After(string state, CampaignAct act)
    {
        var transition = CampaignLifecycle.Find(state, act);
        return transition.Refusal is { } refusal ? $"[{refusal.Code}]" : transition.State ?? "-";
    }
}
