using Campaigns.Packets;

namespace Campaigns.Worker.Packets.Build;

/// <summary>What a build made besides the files.</summary>
/// <param name="Manifest">Of the files.</param>
/// <param name="Jws">The signed manifest.</param>
/// <param name="Plan">Which signature stands on which line.</param>
internal sealed record BuiltPacket(Manifest Manifest, string Jws, PacketPlan Plan);
