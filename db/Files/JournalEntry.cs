namespace Campaigns.Db.Files;

/// <summary>
/// A change that a restored backup must not undo: an erasure, a withdrawal, an invalidation or a
/// lowered disclosure. <c>Kind</c> is one of the constants.
/// </summary>
public sealed record JournalEntry(DateTimeOffset At, string Kind, long CampaignId, long SignatureId)
{
    public const string Erase = "erase";
    public const string Withdraw = "withdraw";
    public const string NotMe = "not-me";
    public const string Invalidate = "invalidate";
    public const string InvalidateError = "invalidate-error";
    public const string ShowInitials = "show-initials";
    public const string ShowCount = "show-count";
    public const string Correct = "correct";
}
