using static Campaigns.Timeline.EntryAct;

namespace Campaigns.Timeline;

/// <summary>What each act does to an entry of the timeline in each state, as one table.</summary>
public static class EntryLifecycle
{
    private static EntryTransition Wrong { get; } = new() { Refusal = Refusal.WrongState };
    private static EntryTransition Draft { get; } = new() { State = EntryState.Draft };
    private static EntryTransition Public { get; } = new() { State = EntryState.Published };
    private static EntryTransition Correct { get; } = new() { State = EntryState.Published, Corrects = true };
    private static EntryTransition Withdraw { get; } = new() { State = EntryState.Withdrawn };
    private static EntryTransition Erase { get; } = new() { Deletes = true };

#pragma warning disable format // The columns stay aligned.
    private static readonly Dictionary<EntryAct, EntryTransition[]> _rows = new()
    {
        //            draft   published withdrawn
        [Change] = [Draft, Correct, Wrong],
        [Publish] = [Public, Public, Wrong],
        [Remove] = [Erase, Withdraw, Withdraw],
    };
#pragma warning restore format

    /// <summary>What the act does to an entry in this state.</summary>
    public static EntryTransition Find(string state, EntryAct act) => _rows[act][Column(state)];

    private static int Column(string state) =>
        state switch
        {
            EntryState.Draft => 0,
            EntryState.Published => 1,
            EntryState.Withdrawn => 2,
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
}
