using static Campaigns.Invalidations.InvalidationAct;

namespace Campaigns.Invalidations;

/// <summary>One cell of the table in <see cref="InvalidationLifecycle"/>.</summary>
/// <param name="Status">The status afterwards; null if nothing changes.</param>
/// <param name="Refusal">Set if the act is refused; then nothing changes.</param>
public sealed record InvalidationTransition(string? Status = null, Refusal? Refusal = null);

/// <summary>What each act does to a bulk invalidation in each status, as one table.</summary>
public static class InvalidationLifecycle
{
    private static InvalidationTransition Nothing { get; } = new();
    private static InvalidationTransition Run { get; } = new(InvalidationStatus.Running);
    private static InvalidationTransition Stop { get; } = new(InvalidationStatus.Cancelled);
    private static InvalidationTransition Revert { get; } = new(InvalidationStatus.Undone);
    private static InvalidationTransition Wrong { get; } = new(Refusal: Refusal.WrongState);
    private static InvalidationTransition Waits { get; } = new(Refusal: Refusal.ApprovalNeeded);
    private static InvalidationTransition Decided { get; } = new(Refusal: Refusal.AlreadyDecided);

#pragma warning disable format // The columns stay aligned.
    private static readonly Dictionary<InvalidationAct, InvalidationTransition[]> _rows = new()
    {
        //            counting counted  awaiting running  done     cancelled undone
        [Start]   = [ Wrong,   Run,     Waits,   Decided, Decided, Decided,  Decided ],
        [Approve] = [ Wrong,   Wrong,   Run,     Decided, Decided, Decided,  Decided ],
        [Cancel]  = [ Stop,    Stop,    Stop,    Stop,    Wrong,   Nothing,  Wrong   ],
        [Undo]    = [ Wrong,   Wrong,   Wrong,   Wrong,   Revert,  Revert,   Nothing ],
    };
#pragma warning restore format

    /// <summary>What the act does to a bulk invalidation of this status.</summary>
    public static InvalidationTransition Find(string status, InvalidationAct act)
    {
        var column = InvalidationStatus.All.Index().First(one => one.Item == status).Index;
        return _rows[act][column];
    }
}
