namespace Campaigns.Packets;

/// <summary>
/// A petition text that signers in the packet signed, and how many confirmed signatures it has.
/// </summary>
public sealed record ManifestText(string Locale, int Version, string Hash, long Confirmed)
{
    /// <summary>
    /// The hash when it is unknown: a restored backup lost the signature, and the ledger shows only
    /// that it counts.
    /// </summary>
    public const string Unknown = "";

    public bool IsUnknown => Hash == Unknown;

    public static ManifestText OfUnknown(long confirmed) => new("", 0, Unknown, confirmed);
}
