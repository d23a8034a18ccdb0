namespace Campaigns.Db.Files;

/// <summary>
/// A change that a restored backup must not undo: an erasure, a withdrawal, an invalidation, a
/// lowered disclosure, ended links or updates, a new link. <c>Kind</c> is one of the constants.
/// </summary>
public sealed record JournalEntry(DateTimeOffset At, string Kind, long CampaignId, long SignatureId)
{
    public const string Erase = "erase";
    public const string Withdraw = "withdraw";
    public const string NotMe = "not-me";
    public const string Invalidate = "invalidate";
    public const string InvalidateError = "invalidate-error";
    public const string BulkInvalidate = "bulk-invalidate";

    /// <summary>
    /// Ends an earlier <see cref="BulkInvalidate"/>. It is not repeated by itself, because the new
    /// ledger line that it queued is not known.
    /// </summary>
    public const string UndoInvalidation = "undo-invalidation";
    public const string ShowInitials = "show-initials";
    public const string ShowCount = "show-count";
    public const string Correct = "correct";
    public const string StopUpdates = "stop-updates";
    public const string EndLinks = "end-links";
    public const string NewLink = "new-link";

    /// <summary>
    /// For <see cref="EndLinks"/> and <see cref="NewLink"/> the generation of the only manage link
    /// that works from then on.
    /// </summary>
    public long? Generation { get; init; }

    /// <summary>For <see cref="BulkInvalidate"/> the bulk invalidation.</summary>
    public long? Invalidation { get; init; }
}
