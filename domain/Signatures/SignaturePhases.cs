namespace Campaigns.Signatures;

public static class SignaturePhases
{
    /// <summary>The phase of a stored row.</summary>
    /// <param name="state">One of <see cref="SignatureState"/>.</param>
    /// <param name="onHold">True if the row has a reason to be on hold.</param>
    /// <param name="hasData">True while contact and person are stored.</param>
    /// <param name="canUndo">True while a bulk invalidation of it can be undone.</param>
    public static SignaturePhase From(string state, bool onHold, bool hasData, bool canUndo) =>
        state switch
        {
            SignatureState.Invalidated when canUndo => onHold
                ? SignaturePhase.BulkInvalidatedOnHold
                : SignaturePhase.BulkInvalidated,
            SignatureState.Pending => onHold ? SignaturePhase.PendingOnHold : SignaturePhase.Pending,
            SignatureState.Confirmed when !hasData => SignaturePhase.Cleared,
            SignatureState.Confirmed => onHold ? SignaturePhase.ConfirmedOnHold : SignaturePhase.Confirmed,
            SignatureState.Invalidated => SignaturePhase.Invalidated,
            SignatureState.Withdrawn => SignaturePhase.Withdrawn,
            SignatureState.Expired => SignaturePhase.Expired,
            SignatureState.Erased => SignaturePhase.Erased,
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };

    public static string State(this SignaturePhase phase) =>
        phase switch
        {
            SignaturePhase.Pending or SignaturePhase.PendingOnHold => SignatureState.Pending,
            SignaturePhase.Confirmed or SignaturePhase.ConfirmedOnHold => SignatureState.Confirmed,
            SignaturePhase.Cleared => SignatureState.Confirmed,
            SignaturePhase.Invalidated => SignatureState.Invalidated,
            SignaturePhase.BulkInvalidated or SignaturePhase.BulkInvalidatedOnHold => SignatureState.Invalidated,
            SignaturePhase.Withdrawn => SignatureState.Withdrawn,
            SignaturePhase.Expired => SignatureState.Expired,
            SignaturePhase.Erased => SignatureState.Erased,
            _ => throw new ArgumentOutOfRangeException(nameof(phase)),
        };

    /// <summary>The bucket that counts a signature of this phase.</summary>
    public static string Bucket(this SignaturePhase phase) => SignatureState.Bucket(phase.State(), phase.IsOnHold());

    public static bool IsOnHold(this SignaturePhase phase) =>
        phase
            is SignaturePhase.PendingOnHold
                or SignaturePhase.ConfirmedOnHold
                or SignaturePhase.BulkInvalidatedOnHold;

    /// <summary>True while a bulk invalidation of the signature can be undone.</summary>
    public static bool CanUndo(this SignaturePhase phase) =>
        phase is SignaturePhase.BulkInvalidated or SignaturePhase.BulkInvalidatedOnHold;

    /// <summary>
    /// True while the public count includes the signature. Exactly then the ledger has an add line
    /// for it, or the ledger's queue has an add.
    /// </summary>
    public static bool IsCounted(this SignaturePhase phase) =>
        phase is SignaturePhase.Confirmed or SignaturePhase.Cleared;
}
