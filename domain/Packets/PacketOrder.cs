namespace Campaigns.Packets;

/// <summary>A request that the campaign allows, as it is ordered.</summary>
/// <param name="Recipient">The recipient.</param>
/// <param name="Countries">In printing order: the campaign's countries, then <c>ZZ</c>.</param>
/// <param name="Disclosure">The disclosure asked for, limited to what the recipient may
/// see.</param>
public sealed record PacketOrder(Recipient Recipient, IReadOnlyList<string> Countries, Disclosure Disclosure);
