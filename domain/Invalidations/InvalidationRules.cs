namespace Campaigns.Invalidations;

/// <summary>The limits of a bulk invalidation.</summary>
public static class InvalidationRules
{
    /// <summary>
    /// The time over which what one member started alone is added up. Otherwise several small ones
    /// in a row would need no second member.
    /// </summary>
    public static readonly TimeSpan AloneWindow = TimeSpan.FromDays(1);

    /// <summary>How many ids a count shows.</summary>
    public const int SampleSize = 20;

    /// <summary>How long after its start a bulk invalidation can be undone.</summary>
    public static readonly TimeSpan UndoTime = TimeSpan.FromDays(7);

    /// <summary>How long a counted one waits for its start; then it is cancelled.</summary>
    public static readonly TimeSpan StartWithin = TimeSpan.FromDays(7);

    /// <summary>True if one member may not start it alone.</summary>
    /// <param name="asked">What it covers.</param>
    /// <param name="started">What the same member started alone in this campaign within
    /// <see cref="AloneWindow"/>.</param>
    /// <param name="confirmed">The campaign's signatures that count.</param>
    /// <param name="limits">How much one member may start alone.</param>
    public static bool NeedsApproval(
        CoveredCount asked,
        CoveredCount started,
        long confirmed,
        InvalidationLimits limits
    ) =>
        asked.Signatures + started.Signatures > limits.MostAlone
        || (asked.Confirmed + started.Confirmed) * 100 > confirmed * limits.MostPercentAlone;

    /// <summary>
    /// Refuses an approval by a member who asked for it: two people must have looked.
    /// </summary>
    public static Refusal? RefuseApproval(long? approver, long? requestedBy, long? startedBy) =>
        approver == requestedBy || approver == startedBy ? Refusal.OwnRequest : null;

    /// <summary>Refuses an undo after its time.</summary>
    public static Refusal? RefuseUndo(DateTimeOffset startedAt, DateTimeOffset now) =>
        now < startedAt + UndoTime ? null : Refusal.TooLateToUndo;
}
