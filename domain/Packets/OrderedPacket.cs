namespace Campaigns.Packets;

/// <summary>A packet that was ordered before.</summary>
/// <param name="Recipient">The recipient's key.</param>
/// <param name="Countries">Its countries.</param>
/// <param name="WasBuilt">True once it was built, also if it is stale since.</param>
public sealed record OrderedPacket(string Recipient, IReadOnlyList<string> Countries, bool WasBuilt);
