namespace Campaigns.Signatures;

/// <summary>
/// What can be done to a signature: the rows of the table in <see cref="SignatureLifecycle"/>.
/// </summary>
public enum SignatureAct
{
    /// <summary>
    /// A request signs with the address of this signature. The newest request decides: the table
    /// has one that no limit holds, and a pending signature is on hold afterwards when its request
    /// is. A row without an address is never found; the request then inserts a new row.
    /// </summary>
    SignAgain,

    /// <summary>Someone asks for the manage link of the address.</summary>
    RequestLink,

    /// <summary>
    /// The signer presses the button behind the link, before the link expires. Repeated within
    /// <see cref="SignatureLifecycle.RepeatWindow"/>, it gives the same answer.
    /// </summary>
    Confirm,

    /// <summary>
    /// The signer wants updates, or no longer: also after a withdrawal, which keeps the updates.
    /// </summary>
    ChangeUpdates,

    /// <summary>The signer, who gave a name, lets recipients see more.</summary>
    RaiseDisclosure,

    /// <summary>The signer lets recipients see less.</summary>
    LowerDisclosure,

    /// <summary>The signer, or staff for the signer, corrects name or place.</summary>
    CorrectPerson,

    /// <summary>The signer asks for the receipt.</summary>
    ReadReceipt,

    Withdraw,

    /// <summary>
    /// The signer erases the signature. Without stored data the link is dead, and only the journal
    /// erases.
    /// </summary>
    Erase,

    /// <summary>The owner of the address says: this was not me.</summary>
    NotMe,

    /// <summary>Staff mail the confirmation letter again.</summary>
    Resend,

    /// <summary>Staff end a hold.</summary>
    Release,

    /// <summary>Staff invalidate; the address cannot sign again.</summary>
    Invalidate,

    /// <summary>Staff invalidate because of an error; the address may sign again.</summary>
    InvalidateError,

    /// <summary>A bulk invalidation covers the signature; the address may sign again.</summary>
    BulkInvalidate,

    /// <summary>Staff undo a bulk invalidation of a signature that was confirmed.</summary>
    UndoConfirmed,

    /// <summary>Staff undo a bulk invalidation of a signature that was not confirmed.</summary>
    UndoUnconfirmed,

    /// <summary>The time in which a bulk invalidation can be undone has passed.</summary>
    EndUndo,

    /// <summary>The link has expired, and no letter with it is queued.</summary>
    Expire,

    /// <summary>
    /// The campaign's term for personal data ends. A confirmed signature waits until its line is
    /// sealed.
    /// </summary>
    EndTerm,

    /// <summary>
    /// After a restore, an import finds the add line of this signature in the published ledger.
    /// </summary>
    ImportLine,
}
