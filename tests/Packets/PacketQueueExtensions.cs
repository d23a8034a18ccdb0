using Campaigns.Db.Packets;

namespace Campaigns.Tests.Packets;

internal static class PacketQueueExtensions
{
    /// <summary>Claims the packet that is next in the queue; null when none waits.</summary>
    public static async Task<ClaimedPacket?> ClaimNextAsync(this PacketQueue queue, string owner) =>
        queue.FindWaiting() is [var id, ..] ? await queue.ClaimAsync(id, owner, default) : null;
}
