namespace Campaigns.Invalidations;

/// <summary>The limits of a bulk invalidation.</summary>
public static class InvalidationRules
{
    /// <summary>More signatures than this need a second member.</summary>
    public const int MostAlone = 100;

    /// <summary>
    /// More of the campaign's confirmed signatures than this, in percent, need a second member.
    /// </summary>
    public const int MostPercentAlone = 1;

    /// <summary>How many ids a count shows.</summary>
    public const int SampleSize = 20;

    /// <summary>How long after its start a bulk invalidation can be undone.</summary>
    public static readonly TimeSpan UndoTime = TimeSpan.FromDays(7);

    /// <summary>How long a counted one waits for its start; then it is cancelled.</summary>
    public static readonly TimeSpan StartWithin = TimeSpan.FromDays(7);

    /// <summary>True if one member may not start it alone.</summary>
    /// <param name="covered">The signatures that it covers.</param>
    /// <param name="coveredConfirmed">Those of them that count.</param>
    /// <param name="confirmed">The campaign's signatures that count.</param>
    public static bool NeedsApproval(long covered, long coveredConfirmed, long confirmed) =>
        covered > MostAlone || coveredConfirmed * 100 > confirmed * MostPercentAlone;

    /// <summary>
    /// Refuses an approval by a member who asked for it: two people must have looked.
    /// </summary>
    public static Refusal? RefuseApproval(long? approver, long? requestedBy, long? startedBy) =>
        approver == requestedBy || approver == startedBy ? Refusal.OwnRequest : null;

    /// <summary>Refuses an undo after its time.</summary>
    public static Refusal? RefuseUndo(DateTimeOffset startedAt, DateTimeOffset now) =>
        now < startedAt + UndoTime ? null : Refusal.TooLateToUndo;
}
