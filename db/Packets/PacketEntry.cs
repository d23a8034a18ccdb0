using Campaigns.Packets;

namespace Campaigns.Db.Packets;

/// <summary>A ledger entry that was confirmed at the cut-off.</summary>
/// <param name="N">Its number in the ledger.</param>
/// <param name="Country">A listed country, or <c>ZZ</c>.</param>
/// <param name="TextHash">The signed text; <see cref="ManifestText.Unknown"/> if a restore lost the
/// signature.</param>
/// <param name="Removed">True if removed after the cut-off.</param>
/// <param name="Signer">Null if the entry is not linked to a signature.</param>
public sealed record PacketEntry(long N, string Country, string TextHash, bool Removed, PacketSigner? Signer);
