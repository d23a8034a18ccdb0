namespace Campaigns.Letters;

/// <summary>What happened to a queued letter so far.</summary>
/// <param name="CreatedAt">When it could leave first.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Failure">Why the last try failed; null before the first.</param>
public readonly record struct LetterHistory(DateTimeOffset CreatedAt, int Tries, string? Failure);
