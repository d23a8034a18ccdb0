using Campaigns.Packets;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>One country of a packet.</summary>
/// <param name="Country">Its code; <c>ZZ</c> for all countries that the campaign does not
/// list.</param>
/// <param name="Counts">Its confirmed signatures by the way they are shown.</param>
/// <param name="Volumes">Its number of volumes.</param>
/// <param name="ListedLater">Its signatures that count under <c>ZZ</c>, because they were confirmed
/// before the campaign listed it.</param>
public sealed record CountryFacts(string Country, PacketCounts Counts, int Volumes, long ListedLater);
