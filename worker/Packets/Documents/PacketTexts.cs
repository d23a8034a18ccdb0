
namespace Campaigns.Worker.Packets.Documents;

/// <summary>Names the resource files of <see cref="PacketWords"/>.</summary>
public sealed class PacketTexts;
