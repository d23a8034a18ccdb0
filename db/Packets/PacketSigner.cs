namespace Campaigns.Db.Packets;

/// <summary>The signer of an entry, and the disclosure that the signer chose.</summary>
/// <param name="Id">The id of the signature.</param>
/// <param name="Disclosure">The signer's choice.</param>
/// <param name="DisclosedAt">When the signer made the choice.</param>
/// <param name="ConfirmedAt">When the signature was confirmed.</param>
/// <param name="Country">The signer's own country, also where the line's is <c>ZZ</c>.</param>
public readonly record struct PacketSigner(
    long Id,
    Disclosure Disclosure,
    DateTimeOffset DisclosedAt,
    DateTimeOffset ConfirmedAt,
    string Country
);
