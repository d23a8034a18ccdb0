namespace Campaigns.Db.Packets;

/// <summary>A packet that this worker builds.</summary>
/// <param name="Packet">The packet as claimed.</param>
/// <param name="Removals">The campaign's counter of removals at the claim.</param>
/// <param name="DecryptLineKey">
/// Decrypts the key that orders the packet's lines, the same for every rebuild. Throws if no key
/// decrypts it; the packet is claimed all the same, and its build fails.
/// </param>
public sealed record ClaimedPacket(Packet Packet, long Removals, Func<byte[]> DecryptLineKey);
