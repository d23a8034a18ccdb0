using Campaigns.Packets;

namespace Campaigns.Db.Packets;

/// <summary>
/// A request that its campaign allows, with the cut-off at the time of the check.
/// </summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Request">The request.</param>
/// <param name="Order">What the campaign allows of it.</param>
/// <param name="CutOff">The head.</param>
/// <param name="Earlier">The packet that it supplements; null for none.</param>
public sealed record CheckedPacket(
    Campaign Campaign,
    PacketRequest Request,
    PacketOrder Order,
    CutOff CutOff,
    EarlierPacket? Earlier
);
