using Campaigns.Sendings;

namespace Campaigns.Tests.Unit.Rules;

public sealed class SendingRuleTests
{
    private const string None = "none";

    private static readonly Dictionary<(string State, SendingAct Act), string> _expected = new()
    {
        [(None, SendingAct.Begin)] = SendingState.Scheduled,
        [(SendingState.Cancelled, SendingAct.Begin)] = SendingState.Scheduled,
        [(SendingState.Scheduled, SendingAct.Begin)] = "already-sent",
        [(SendingState.Sending, SendingAct.Begin)] = "already-sent",
        [(SendingState.Paused, SendingAct.Begin)] = "already-sent",
        [(SendingState.Sent, SendingAct.Begin)] = "already-sent",
        [(SendingState.Scheduled, SendingAct.Start)] = SendingState.Sending,
        [(SendingState.Sending, SendingAct.Start)] = SendingState.Sending,
        [(SendingState.Scheduled, SendingAct.Pause)] = SendingState.Paused,
        [(SendingState.Sending, SendingAct.Pause)] = SendingState.Paused,
        [(SendingState.Paused, SendingAct.Pause)] = SendingState.Paused,
        [(SendingState.Scheduled, SendingAct.Resume)] = SendingState.Scheduled,
        [(SendingState.Sending, SendingAct.Resume)] = SendingState.Sending,
        [(SendingState.Paused, SendingAct.Resume)] = SendingState.Scheduled,
        [(SendingState.Scheduled, SendingAct.Cancel)] = SendingState.Cancelled,
        [(SendingState.Sending, SendingAct.Cancel)] = SendingState.Cancelled,
        [(SendingState.Paused, SendingAct.Cancel)] = SendingState.Cancelled,
        [(SendingState.Cancelled, SendingAct.Cancel)] = SendingState.Cancelled,
        [(SendingState.Sending, SendingAct.Finish)] = SendingState.Sent,
        [(SendingState.Sent, SendingAct.Finish)] = SendingState.Sent,
    };

    [Fact]
    public void Every_act_in_every_state_does_what_the_table_says()
    {
        string[] states =
        [
            None,
            SendingState.Scheduled,
            SendingState.Sending,
            SendingState.Paused,
            SendingState.Sent,
            SendingState.Cancelled,
        ];
        var acts = states.SelectMany(state => Enum.GetValues<SendingAct>().Select(act => (State: state, Act: act)));
        foreach (var (state, act) in acts)
        {
            var found = SendingLifecycle.Find(state == None ? null : state, act);
            Assert.Equal(_expected.GetValueOrDefault((state, act), "wrong-state"), found.State ?? found.Refusal!.Code);
        }
    }

    [Theory]
    [InlineData(5, 10, false)]
    [InlineData(6, 10, true)]
    [InlineData(10, 200, false)]
    [InlineData(11, 200, true)]
    [InlineData(50, 100_000, false)]
    [InlineData(51, 100_000, true)]
    public void Sending_pauses_when_one_letter_in_twenty_is_refused(long refused, long audience, bool pauses) =>
        Assert.Equal(pauses, SendingRules.HasTooManyRefusals(refused, audience));

    [Theory]
    [InlineData("08:00", "20:00", "07:59", false)]
    [InlineData("08:00", "20:00", "08:00", true)]
    [InlineData("08:00", "20:00", "20:00", false)]
    [InlineData("20:00", "06:00", "23:00", true)]
    [InlineData("20:00", "06:00", "12:00", false)]
    public void Hours_are_those_of_the_zone(string from, string to, string local, bool allowed)
    {
        var hours = new SendingHours(TimeOnly.Parse(from, null), TimeOnly.Parse(to, null));
        // Oslo is two hours ahead of UTC in May.
        var now = new DateTimeOffset(new DateOnly(2019, 5, 17), TimeOnly.Parse(local, null), TimeSpan.FromHours(2));
        Assert.Equal(allowed, hours.AllowsAt(now, "Europe/Oslo"));
    }

    [Fact]
    public void Time_left_is_what_the_pace_says()
    {
        Assert.Equal(600, SendingRules.PerMinute(100, TimeSpan.FromSeconds(10)));
        Assert.Null(SendingRules.PerMinute(100, TimeSpan.Zero));
        Assert.Equal(2, SendingRules.MinutesLeft(new SendingProgress(1000, 100, 0), 600));
        Assert.Null(SendingRules.MinutesLeft(new SendingProgress(1000, 100, 0), null));
    }
}
