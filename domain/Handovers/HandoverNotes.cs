namespace Campaigns.Handovers;

/// <summary>What staff write about a planned hand-over for themselves; never public.</summary>
/// <param name="Place">Where it takes place.</param>
/// <param name="Delegation">Who goes there; null if not decided.</param>
/// <param name="Note">Anything else.</param>
public sealed record HandoverNotes(string? Place, IReadOnlyList<string>? Delegation, string? Note);
