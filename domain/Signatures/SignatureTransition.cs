using Campaigns.Ledger;

namespace Campaigns.Signatures;

/// <summary>What happens to the personal data of a signature.</summary>
public enum SignerData
{
    Kept,

    /// <summary>One choice of the signer changes, with its consent.</summary>
    Changed,

    /// <summary>A newer request replaces the data, the consents and the link.</summary>
    Replaced,

    /// <summary>The data is cleared; consents and letters are deleted.</summary>
    Cleared,
}

/// <summary>One cell of the table in <see cref="SignatureLifecycle"/>.</summary>
public sealed record SignatureTransition
{
    /// <summary>Set if the act is refused; then nothing changes.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The state afterwards; null if it stays.</summary>
    public string? State { get; init; }

    /// <summary>
    /// True if a hold ends. Otherwise it stays while the signature is pending or confirmed.
    /// </summary>
    public bool EndsHold { get; init; }

    public SignerData Data { get; init; }
    public SignerAddress Address { get; init; }

    /// <summary>True if staff can undo the act for a time.</summary>
    public bool CanUndo { get; init; }

    /// <summary>
    /// The kind of the letter that is queued, if the address is below its limit of letters.
    /// </summary>
    public string? Letter { get; init; }

    /// <summary>The reason in the remove line, if there is one.</summary>
    public string RemoveReason { get; init; } = LedgerLine.BySigner;

    public StalePackets Packets { get; init; }

    /// <summary>True if the published ledger already has the add line.</summary>
    public bool HasPublishedLine { get; init; }

    /// <summary>True if the row changes: its state, its hold, its data or its address.</summary>
    public bool ChangesRow => State is not null || EndsHold || Data != SignerData.Kept || Address != SignerAddress.Kept;

    /// <summary>The phase afterwards.</summary>
    public SignaturePhase Next(SignaturePhase phase) =>
        SignaturePhases.From(
            State ?? phase.State(),
            phase.IsOnHold() && !EndsHold,
            Data != SignerData.Cleared && phase != SignaturePhase.Cleared,
            CanUndo || (phase.CanUndo() && State is null && Data != SignerData.Cleared)
        );

    /// <summary>
    /// What the ledger's queue gets. A signature that enters the count is added; one that leaves it
    /// is removed.
    /// </summary>
    public LedgerEffect Ledger(SignaturePhase phase) =>
        (Has: phase.IsCounted() || HasPublishedLine, Needs: Next(phase).IsCounted()) switch
        {
            { Has: false, Needs: true } => LedgerEffect.Add,
            { Has: true, Needs: false } => LedgerEffect.Remove,
            _ => LedgerEffect.None,
        };
}
