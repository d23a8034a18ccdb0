using static Campaigns.Handovers.HandoverAct;

namespace Campaigns.Handovers;

/// <summary>One cell of the table in <see cref="HandoverLifecycle"/>.</summary>
public sealed record HandoverTransition
{
    /// <summary>Set if the act is refused; then nothing changes.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The state afterwards, also if it is the same; null if refused or deleted.</summary>
    public string? State { get; init; }

    /// <summary>True if nothing is left of the hand-over.</summary>
    public bool Deletes { get; init; }
}

/// <summary>What each act does to a hand-over in each state, as one table.</summary>
public static class HandoverLifecycle
{
    private static HandoverTransition Wrong { get; } = new() { Refusal = Refusal.WrongState };
    private static HandoverTransition Erase { get; } = new() { Deletes = true };
    private static HandoverTransition Plan { get; } = new() { State = HandoverState.Planned };
    private static HandoverTransition Try { get; } = new() { State = HandoverState.Attempted };
    private static HandoverTransition Deliver { get; } = new() { State = HandoverState.Delivered };
    private static HandoverTransition Finish { get; } = new() { State = HandoverState.Answered };
    private static HandoverTransition GiveUp { get; } = new() { State = HandoverState.Cancelled };

#pragma warning disable format // The columns stay aligned.
    private static readonly Dictionary<HandoverAct, HandoverTransition[]> _rows = new()
    {
        //               planned  attempted delivered answered cancelled
        [Change]       = [ Plan,    Try,      Deliver,  Finish,  Wrong  ],
        [Receive]      = [ Deliver, Deliver,  Deliver,  Finish,  Wrong  ],
        [Post]         = [ Deliver, Deliver,  Deliver,  Finish,  Wrong  ],
        [LeaveOutside] = [ Try,     Try,      Deliver,  Finish,  Wrong  ],
        [Refuse]       = [ Try,     Try,      Deliver,  Finish,  Wrong  ],
        [Return]       = [ Try,     Try,      Try,      Finish,  Wrong  ],
        [ReturnSome]   = [ Try,     Try,      Deliver,  Finish,  Wrong  ],
        [Answer]       = [ Wrong,   Finish,   Finish,   Finish,  Wrong  ],
        [Acknowledge]  = [ Wrong,   Try,      Deliver,  Finish,  Wrong  ],
        [Cancel]       = [ GiveUp,  GiveUp,   Wrong,    Wrong,   Wrong  ],
        [Delete]       = [ Erase,   Wrong,    Wrong,    Wrong,   Erase  ],
    };
#pragma warning restore format

    /// <summary>What the act does to a hand-over in this state.</summary>
    public static HandoverTransition Find(string state, HandoverAct act) => _rows[act][Column(state)];

    private static int Column(string state) =>
        state switch
        {
            HandoverState.Planned => 0,
            HandoverState.Attempted => 1,
            HandoverState.Delivered => 2,
            HandoverState.Answered => 3,
            HandoverState.Cancelled => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
}
