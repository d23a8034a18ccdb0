namespace Campaigns.Db.Signatures;

/// <summary>A text in place of another one; null clears it.</summary>
public sealed record ChangedText(string? Value);
