using Campaigns.Handovers;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>
/// Every state × every act of a hand-over, against a table that is written out here.
/// </summary>
public sealed class HandoverLifecycleTests
{
    // The state afterwards, deleted, or the code of the refusal in brackets.
    // planned, attempted, delivered, answered, cancelled
    private static readonly Dictionary<HandoverAct, string> _expected = new()
    {
        [HandoverAct.Change] = "planned attempted delivered answered [wrong-state]",
        [HandoverAct.Receive] = "delivered delivered delivered answered [wrong-state]",
        [HandoverAct.Post] = "delivered delivered delivered answered [wrong-state]",
        [HandoverAct.LeaveOutside] = "attempted attempted delivered answered [wrong-state]",
        [HandoverAct.Refuse] = "attempted attempted delivered answered [wrong-state]",
        [HandoverAct.Return] = "attempted attempted attempted answered [wrong-state]",
        [HandoverAct.ReturnSome] = "attempted attempted delivered answered [wrong-state]",
        [HandoverAct.Answer] = "[wrong-state] answered answered answered [wrong-state]",
        [HandoverAct.Acknowledge] = "[wrong-state] attempted delivered answered [wrong-state]",
        [HandoverAct.Cancel] = "cancelled cancelled [wrong-state] [wrong-state] [wrong-state]",
        [HandoverAct.Delete] = "deleted [wrong-state] [wrong-state] [wrong-state] deleted",
    };

    public static TheoryData<HandoverAct> Acts => [.. Enum.GetValues<HandoverAct>()];

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_does_in_each_state_what_the_table_says(HandoverAct act) =>
        Assert.Equal(_expected[act], string.Join(' ', HandoverState.All.Select(state => After(state, act))));

    [Fact]
    public void Answered_and_cancelled_are_left_by_no_act()
    {
        foreach (var state in (string[])[HandoverState.Answered, HandoverState.Cancelled])
            foreach (var act in Enum.GetValues<HandoverAct>())
                Assert.Equal(state, HandoverLifecycle.Find(state, act).State ?? state);
    }

    private static string After(string state, HandoverAct act)
    {
        var transition = HandoverLifecycle.Find(state, act);
        return transition.Refusal is { } refusal ? $"[{refusal.Code}]"
            : transition.Deletes ? "deleted"
            : transition.State!;
    }
}
