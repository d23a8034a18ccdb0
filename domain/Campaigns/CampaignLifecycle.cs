using static Campaigns.CampaignAct;

namespace Campaigns;

/// <summary>One cell of the table in <see cref="CampaignLifecycle"/>.</summary>
/// <param name="Refusal">Set if the act is refused; then nothing changes.</param>
/// <param name="State">The state afterwards; null if it stays.</param>
public sealed record CampaignTransition(Refusal? Refusal = null, string? State = null)
{
    public bool IsAllowed => Refusal is null;
}

/// <summary>What each act does to a campaign in each state, as one table.</summary>
public static class CampaignLifecycle
{
    private static CampaignTransition Allowed { get; } = new();
    private static CampaignTransition Hidden { get; } = new(Refusal.NoSuchCampaign);
    private static CampaignTransition NoSign { get; } = new(Refusal.CampaignClosed);
    private static CampaignTransition Wrong { get; } = new(Refusal.WrongState);
    private static CampaignTransition ToOpen { get; } = new(State: CampaignState.Open);
    private static CampaignTransition ToClosed { get; } = new(State: CampaignState.Closed);
    private static CampaignTransition ToArchive { get; } = new(State: CampaignState.Archived);

#pragma warning disable format // The columns stay aligned.
    private static readonly Dictionary<CampaignAct, CampaignTransition[]> _rows = new()
    {
        //                draft    open      closed     archived
        [Show]        = [ Hidden,  Allowed,  Allowed,   Allowed ],
        [List]        = [ Hidden,  Allowed,  Hidden,    Hidden  ],
        [Sign]        = [ NoSign,  Allowed,  NoSign,    NoSign  ],
        [Subscribe]   = [ Hidden,  Allowed,  Allowed,   NoSign  ],
        [Edit]        = [ Allowed, Allowed,  Allowed,   Wrong   ],
        [AddText]     = [ Allowed, Allowed,  Allowed,   Wrong   ],
        [Open]        = [ ToOpen,  Allowed,  ToOpen,    Wrong   ],
        [Close]       = [ Wrong,   ToClosed, Allowed,   Wrong   ],
        [Archive]     = [ Wrong,   Wrong,    ToArchive, Allowed ],
        [OrderPacket] = [ Allowed, Allowed,  Allowed,   Allowed ],
        [BeginTerm]   = [ Wrong,   Wrong,    Allowed,   Allowed ],
    };
#pragma warning restore format

    /// <summary>What the act does to a campaign in this state.</summary>
    public static CampaignTransition Find(string state, CampaignAct act) => _rows[act][Column(state)];

    /// <summary>The act that brings a campaign into this state. No act leads to draft.</summary>
    public static CampaignAct ActTo(string state) =>
        state switch
        {
            CampaignState.Open => Open,
            CampaignState.Closed => Close,
            CampaignState.Archived => Archive,
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };

    private static int Column(string state) =>
        state switch
        {
            CampaignState.Draft => 0,
            CampaignState.Open => 1,
            CampaignState.Closed => 2,
            CampaignState.Archived => 3,
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
}
