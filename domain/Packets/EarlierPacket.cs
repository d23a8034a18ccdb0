namespace Campaigns.Packets;

/// <summary>
/// The packet that a supplement follows: the supplement has only lines after that packet's cut-off.
/// </summary>
/// <param name="Packet">Its id.</param>
/// <param name="CutOff">Its cut-off.</param>
public sealed record EarlierPacket(string Packet, CutOff CutOff);
