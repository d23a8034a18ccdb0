namespace Campaigns.Packets;

/// <summary>Computes what one packet may show of one signer.</summary>
public static class LineDisclosure
{
    /// <summary>
    /// Returns the lowest of the signer's choice, the packet's disclosure and the recipient's
    /// maximum. Signers chose for the recipients on the form, so a recipient added later gets
    /// <see cref="Disclosure.Count"/>. The same holds once the link from ledger to signer is
    /// deleted (<paramref name="signer"/> is null).
    /// </summary>
    /// <param name="signer">The signer's own choice.</param>
    /// <param name="disclosedAt">When the signer chose.</param>
    /// <param name="packet">The disclosure requested for the packet, already limited to what its
    /// recipient may see.</param>
    /// <param name="recipientMost">The recipient's current maximum.</param>
    /// <param name="recipientAddedAt">When the recipient was added to the form.</param>
    public static Disclosure Compute(
        Disclosure? signer,
        DateTimeOffset? disclosedAt,
        Disclosure packet,
        Disclosure recipientMost,
        DateTimeOffset recipientAddedAt
    ) =>
        signer is null || disclosedAt is null || recipientAddedAt > disclosedAt
            ? Disclosure.Count
            : Disclosures.Lower(signer.Value, Disclosures.Lower(packet, recipientMost));
}
