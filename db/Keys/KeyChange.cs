namespace Campaigns.Db.Keys;

/// <summary>
/// The result of a key change: the version it concerns, and the reason if it was refused.
/// </summary>
public sealed record KeyChange(int Version, string? Refused = null);
