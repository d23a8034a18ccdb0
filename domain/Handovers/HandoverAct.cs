namespace Campaigns.Handovers;

/// <summary>
/// What can be done to a hand-over: the rows of the table in <see cref="HandoverLifecycle"/>.
/// </summary>
public enum HandoverAct
{
    /// <summary>Staff change the plan.</summary>
    Change,

    /// <summary>An attempt in which the recipient took packets.</summary>
    Receive,

    /// <summary>An attempt in which packets were given to a carrier.</summary>
    Post,

    LeaveOutside,
    Refuse,

    /// <summary>Packets came back, and none is left with the recipient.</summary>
    Return,

    /// <summary>Packets came back, and another one is still with the recipient.</summary>
    ReturnSome,

    /// <summary>The recipient answers in full or in part, or refuses to.</summary>
    Answer,

    /// <summary>The recipient says that it has the packet. The clock runs on.</summary>
    Acknowledge,

    /// <summary>Staff give the plan up.</summary>
    Cancel,

    /// <summary>Staff delete it. Only without attempts, which the caller checks.</summary>
    Delete,
}
