using Campaigns.Packets;

namespace Campaigns.Db.Packets;

/// <summary>
/// A request that its campaign allows, with the cut-off at the time of the check.
/// </summary>
public sealed record CheckedPacket(Campaign Campaign, PacketRequest Request, PacketOrder Order, CutOff CutOff);
