namespace Campaigns.Packets;

/// <summary>
/// Signatures of a country that were confirmed at a cut-off and that a packet shows alike.
/// </summary>
/// <param name="Country">A listed country, or <c>ZZ</c>.</param>
/// <param name="Chosen">What the signers chose; null where no line leads to a signer.</param>
/// <param name="ChosenAt">When one of them chose: all did so before the recipient was added to the
/// form, or all afterwards.</param>
/// <param name="Removed">True if they were removed after the cut-off.</param>
/// <param name="Signatures">How many they are.</param>
public sealed record SignatureGroup(
    string Country,
    Disclosure? Chosen,
    DateTimeOffset? ChosenAt,
    bool Removed,
    long Signatures
);
