using Campaigns.Db.Packets;

namespace Campaigns.Tests.Infrastructure;

internal static class PacketQueueExtensions
{
    /// <summary>Claims the next packet in the queue; returns null when none is queued.</summary>
    public static async Task<ClaimedPacket?> ClaimNextAsync(this PacketQueue queue, string owner) =>
        queue.FindWaiting() is [var id, ..] ? await queue.ClaimAsync(id, owner, default) : null;
}
