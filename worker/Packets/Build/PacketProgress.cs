
namespace Campaigns.Worker.Packets.Build;

/// <summary>The progress of a build. The builder writes it; the lease renewal reads it.</summary>
internal sealed class PacketProgress
{
    public long Done;
    public long Total;
}
