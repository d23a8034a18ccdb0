namespace Campaigns;

/// <summary>
/// The words people sign. A signed text is never edited: a change is a new version with a new hash.
/// </summary>
public sealed record PetitionText(string Locale, int Version, string Title, string Demand, string Hash);
