namespace Campaigns.Packets;

/// <summary>What one packet may show of one signer.</summary>
public static class LineDisclosure
{
    /// <summary>
    /// The lowest of the signer's choice, the packet's disclosure and the recipient's highest. A
    /// signer chose for the recipients named on the form: one who was added later sees a number. So
    /// does everybody once the link from the ledger to the signer is cut (<paramref name="signer"/>
    /// null).
    /// </summary>
    /// <param name="signer">The signer's own choice.</param>
    /// <param name="disclosedAt">When the signer chose.</param>
    /// <param name="packet">What the packet was asked to show, already no more than its recipient
    /// may see.</param>
    /// <param name="recipientMost">The most the recipient may see now.</param>
    /// <param name="recipientAddedAt">Since when the recipient has been named on the form.</param>
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
