namespace Campaigns.Invalidations;

/// <summary>
/// What staff do with a bulk invalidation: the rows of the table in
/// <see cref="InvalidationLifecycle"/>.
/// </summary>
public enum InvalidationAct
{
    Start,

    /// <summary>Another member agrees to the start.</summary>
    Approve,
    Cancel,
    Undo,
}
