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
}
