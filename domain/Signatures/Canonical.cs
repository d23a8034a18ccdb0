namespace Campaigns.Signatures;

/// <summary>
/// Either the canonical value or a sentence about what is wrong, never both. The sentence never
/// repeats the input.
/// </summary>
public readonly record struct Canonical(string? Value, string? Problem);
