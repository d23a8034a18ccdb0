using Campaigns.Ledger;
using Campaigns.Letters;
using static Campaigns.Signatures.SignatureAct;

namespace Campaigns.Signatures;

/// <summary>
/// What each act does to a signature in each phase, as one table. Counters follow from the phases:
/// a signature leaves the counter of its old bucket and enters the one of its new bucket. The count
/// of the day and the ledger follow from <see cref="SignaturePhases.IsCounted"/>.
/// </summary>
public static class SignatureLifecycle
{
    /// <summary>
    /// Reason of an invalidation after an error of the signer or of staff: the address may sign
    /// again. Any other reason blocks the address.
    /// </summary>
    public const string Error = "error";

    /// <summary>How long a used link repeats its first result.</summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromDays(7);

    /// <summary>
    /// How long an address gets no letter of the campaign after "this was not me".
    /// </summary>
    public static readonly TimeSpan NotMeSuppression = TimeSpan.FromDays(90);

    // The act is allowed and leaves the row as it is.
    private static SignatureTransition Nothing { get; } = new();

    // Refusals: wrong-state, link-not-usable, not-signed-in, not-yet-sealed.
    private static SignatureTransition Wrong { get; } = new() { Refusal = Refusal.WrongState };
    private static SignatureTransition NoLink { get; } = new() { Refusal = Refusal.LinkNotUsable };
    private static SignatureTransition NoToken { get; } = new() { Refusal = Refusal.NotSignedIn };
    private static SignatureTransition NoLine { get; } = new() { Refusal = Refusal.NotYetSealed };

    // Letters to the address of a row that stays as it is.
    private static SignatureTransition Remind { get; } = new() { Letter = LetterKind.AlreadySigned };
    private static SignatureTransition Mail { get; } = new() { Letter = LetterKind.Manage };
    private static SignatureTransition Again { get; } = new() { Letter = LetterKind.Confirm };

    // A newer request replaces what a pending signature says, and older links end.
    private static SignatureTransition Replace { get; } =
        new() { Data = SignerData.Replaced, Letter = LetterKind.Confirm };

    // The hold belonged to the older request and ends with it.
    private static SignatureTransition Redeem { get; } = Replace with { EndsHold = true };

    // Confirmed: counted, unless it is on hold.
    private static SignatureTransition Count { get; } =
        new() { State = SignatureState.Confirmed, Letter = LetterKind.Manage };

    // One choice of the signer changes.
    private static SignatureTransition Change { get; } = new() { Data = SignerData.Changed };

    // Packets with the old line may no longer be handed over.
    private static SignatureTransition Lower { get; } =
        new() { Data = SignerData.Changed, Packets = StalePackets.WithLine };

    // Withdrawn: the signer still sees the data, and may sign again.
    private static SignatureTransition Leave { get; } =
        new()
        {
            State = SignatureState.Withdrawn,
            Address = SignerAddress.Freed,
            Packets = StalePackets.WithLine,
        };

    // Erased: nothing about the signer is left.
    private static SignatureTransition Erased { get; } =
        new()
        {
            State = SignatureState.Erased,
            Data = SignerData.Cleared,
            Address = SignerAddress.Freed,
            Packets = StalePackets.WithLine,
        };

    // Erased, and the address gets no letters for a while.
    private static SignatureTransition Disown { get; } = Erased with { Address = SignerAddress.Suppressed };

    // The hold ends: a confirmed signature is counted from now on.
    private static SignatureTransition Unhold { get; } = new() { EndsHold = true };

    // Invalidated: the address cannot sign again.
    private static SignatureTransition Block { get; } =
        new()
        {
            State = SignatureState.Invalidated,
            RemoveReason = LedgerLine.Invalidated,
            Packets = StalePackets.WithLine,
        };

    // Invalidated because of an error: the address may sign again.
    private static SignatureTransition Correct { get; } = Block with { Address = SignerAddress.Freed };

    // Invalidated with many others: the data stays for a time, and the address may sign again.
    private static SignatureTransition Mark { get; } = Correct with { CanUndo = true };

    // The bulk invalidation was a mistake. A hold stays, because it was a decision of its own.
    private static SignatureTransition Restore { get; } =
        new() { State = SignatureState.Confirmed, Address = SignerAddress.Restored };

    private static SignatureTransition Await { get; } =
        new() { State = SignatureState.Pending, Address = SignerAddress.Restored };

    // The bulk invalidation is final.
    private static SignatureTransition Finish { get; } =
        new() { Data = SignerData.Cleared, Address = SignerAddress.Freed };

    // Expired: the signature never counted, and its data is cleared.
    private static SignatureTransition Lapse { get; } =
        new()
        {
            State = SignatureState.Expired,
            Data = SignerData.Cleared,
            Address = SignerAddress.Freed,
        };

    // The term of the data ends: state and count stay.
    private static SignatureTransition Clear { get; } =
        new()
        {
            Data = SignerData.Cleared,
            Address = SignerAddress.Freed,
            Packets = StalePackets.All,
        };

    // An imported line: of a counted signature, of one that must be counted, and of ones that must not be.
    private static SignatureTransition Link { get; } = new() { HasPublishedLine = true };

    private static SignatureTransition Admit { get; } = Link with { State = SignatureState.Confirmed, EndsHold = true };

    private static SignatureTransition Remove { get; } = Link;

    private static SignatureTransition Annul { get; } = Link with { RemoveReason = LedgerLine.Invalidated };

#pragma warning disable format // The columns stay aligned.
    private static readonly Dictionary<SignatureAct, SignatureTransition[]> _rows = new()
    {
        //                   pending  on hold  confirm. on hold  cleared  invalid  withdr.  expired  erased   bulk
        [SignAgain] = [Replace, Redeem, Remind, Remind, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing],
        [RequestLink] = [Mail, Mail, Mail, Mail, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing],
        [Confirm] = [Count, Count, Nothing, Nothing, NoLink, NoLink, NoLink, NoLink, NoLink, NoLink],
        [ChangeUpdates] = [Change, Change, Change, Change, NoToken, Wrong, Change, NoToken, NoToken, Wrong],
        [RaiseDisclosure] = [Change, Change, Change, Change, NoToken, Wrong, Wrong, NoToken, NoToken, Wrong],
        [LowerDisclosure] = [Lower, Lower, Lower, Lower, NoToken, Wrong, Wrong, NoToken, NoToken, Wrong],
        [CorrectPerson] = [Lower, Lower, Lower, Lower, NoToken, Wrong, Wrong, NoToken, NoToken, Wrong],
        [ReadReceipt] = [NoLine, NoLine, Nothing, NoLine, NoToken, Wrong, Wrong, NoToken, NoToken, Wrong],
        [Withdraw] = [Leave, Leave, Leave, Leave, NoToken, Wrong, Nothing, NoToken, NoToken, Leave],
        [Erase] = [Erased, Erased, Erased, Erased, Erased, Erased, Erased, Erased, Nothing, Erased],
        [NotMe] = [Disown, Disown, Disown, Disown, NoLink, Disown, Disown, NoLink, NoLink, Disown],
        [Resend] = [Again, Again, Wrong, Wrong, Wrong, Wrong, Wrong, Wrong, Wrong, Wrong],
        [Release] = [Nothing, Unhold, Nothing, Unhold, Nothing, Wrong, Wrong, Wrong, Wrong, Wrong],
        [Invalidate] = [Block, Block, Block, Block, Wrong, Nothing, Wrong, Wrong, Wrong, Nothing],
        [InvalidateError] = [Correct, Correct, Correct, Correct, Wrong, Nothing, Wrong, Wrong, Wrong, Nothing],
        [BulkInvalidate] = [Mark, Mark, Mark, Mark, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing],
        [UndoConfirmed] = [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Restore],
        [UndoUnconfirmed] = [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Await],
        [EndUndo] = [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Finish],
        [Expire] = [Lapse, Lapse, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing],
        [EndTerm] = [Lapse, Lapse, Clear, Erased, Nothing, Clear, Clear, Nothing, Nothing, Clear],
        [ImportLine] = [Admit, Admit, Link, Admit, Nothing, Annul, Remove, Nothing, Nothing, Annul],
    };
#pragma warning restore format

    private static readonly SignatureTransition[][] _table =
    [
        .. Enum.GetValues<SignatureAct>().Select(act => _rows[act]),
    ];

    /// <summary>What the act does to a signature of this phase.</summary>
    public static SignatureTransition Find(SignaturePhase phase, SignatureAct act) => _table[(int)act][Column(phase)];

    // A hold changes nothing about an invalidation that can be undone: they share a column.
    private static int Column(SignaturePhase phase) =>
        (int)(phase == SignaturePhase.BulkInvalidatedOnHold ? SignaturePhase.BulkInvalidated : phase);

    /// <summary>The act that undoes a bulk invalidation.</summary>
    public static SignatureAct Undo(bool wasConfirmed) => wasConfirmed ? UndoConfirmed : UndoUnconfirmed;

    /// <summary>The act of an invalidation with this reason.</summary>
    public static SignatureAct Invalidation(string reason) => reason == Error ? InvalidateError : Invalidate;

    /// <summary>
    /// The states in which the act changes the row, for conditions in SQL. Includes a state if the
    /// act changes it only with a hold, or only without.
    /// </summary>
    public static IReadOnlyList<string> StatesChangedBy(SignatureAct act) =>
        [
            .. Enum.GetValues<SignaturePhase>()
                .Where(phase => Find(phase, act).ChangesRow)
                .Select(phase => phase.State())
                .Distinct(),
        ];
}
