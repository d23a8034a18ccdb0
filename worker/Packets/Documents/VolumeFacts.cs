namespace Campaigns.Worker.Packets.Documents;

/// <summary>One volume of a country.</summary>
/// <param name="Country">The country's code.</param>
/// <param name="Number">The number of the volume, from 1.</param>
/// <param name="Of">The number of volumes of the country.</param>
/// <param name="Last">The number of its last line.</param>
/// <param name="HasNames">False if the country has initials only.</param>
/// <param name="HasPlaces">True if a line of the volume has a place.</param>
public sealed record VolumeFacts(string Country, int Number, int Of, int Last, bool HasNames, bool HasPlaces);
