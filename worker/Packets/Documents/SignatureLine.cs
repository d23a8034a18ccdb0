
namespace Campaigns.Worker.Packets.Documents;

/// <summary>One printed line.</summary>
/// <param name="Number">From 1, continued through the volumes of a country.</param>
/// <param name="Shown">Name or initials.</param>
/// <param name="Locality">Only with a name.</param>
/// <param name="Day">The day of confirmation, UTC.</param>
public sealed record SignatureLine(int Number, string Shown, string? Locality, DateOnly Day);
