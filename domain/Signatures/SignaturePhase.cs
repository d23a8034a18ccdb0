namespace Campaigns.Signatures;

/// <summary>
/// The state of a signature together with its hold and its personal data: the columns of the table
/// in <see cref="SignatureLifecycle"/>.
/// </summary>
public enum SignaturePhase
{
    Pending,
    PendingOnHold,
    Confirmed,
    ConfirmedOnHold,

    /// <summary>
    /// Confirmed and counted; the personal data was cleared at the end of the campaign's term.
    /// </summary>
    Cleared,
    Invalidated,
    Withdrawn,
    Expired,
    Erased,

    /// <summary>
    /// Invalidated with many others a short time ago: the data is kept, so that staff can undo it.
    /// </summary>
    BulkInvalidated,

    /// <summary>The same for a signature that was on hold, and is again after an undo.</summary>
    BulkInvalidatedOnHold,
}
