using Campaigns.Timeline;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>
/// Every state × every act of an entry of the timeline, against a table that is written out here.
/// </summary>
public sealed class EntryLifecycleTests
{
    // The state afterwards, corrected, deleted, or the code of the refusal in brackets.
    // draft, published, withdrawn
    private static readonly Dictionary<EntryAct, string> _expected = new()
    {
        [EntryAct.Change] = "draft published+corrected [wrong-state]",
        [EntryAct.Publish] = "published published [wrong-state]",
        [EntryAct.Remove] = "deleted withdrawn withdrawn",
    };

    public static TheoryData<EntryAct> Acts => [.. Enum.GetValues<EntryAct>()];

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_does_in_each_state_what_the_table_says(EntryAct act) =>
        Assert.Equal(_expected[act], string.Join(' ', EntryState.All.Select(state => After(state, act))));

    private static string After(string state, EntryAct act)
    {
        var transition = EntryLifecycle.Find(state, act);
        return transition.Refusal is { } refusal ? $"[{refusal.Code}]"
            : transition.Deletes ? "deleted"
            : transition.State + (transition.Corrects ? "+corrected" : "");
    }
}
