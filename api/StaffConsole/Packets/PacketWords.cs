using Campaigns.Db.Packets;

namespace Campaigns.Api.StaffConsole.Packets;

/// <summary>What several screens say of a packet.</summary>
internal static class PacketWords
{
    /// <summary>
    /// The name of the recipient now; the key of one that the campaign does not have any more.
    /// </summary>
    public static string RecipientName(Campaign campaign, Packet packet) =>
        campaign.Recipients.FirstOrDefault(recipient => recipient.Key == packet.Recipient)?.Name ?? packet.Recipient;
}
