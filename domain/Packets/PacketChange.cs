namespace Campaigns.Packets;

/// <summary>What changed since a stale packet was built.</summary>
/// <param name="Causes">What happened.</param>
/// <param name="Then">What it showed, in all countries.</param>
/// <param name="Now">What it would show if it was built again; null if it may no longer be built
/// for its recipient.</param>
public sealed record PacketChange(StaleCauses Causes, PacketCounts Then, PacketCounts? Now);
