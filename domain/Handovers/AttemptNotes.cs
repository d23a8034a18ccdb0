namespace Campaigns.Handovers;

/// <summary>What staff write about an attempt for themselves; never public.</summary>
/// <param name="Place">Where it took place.</param>
/// <param name="By">Who carried the packets.</param>
/// <param name="Reference">The number of a receipt or a consignment.</param>
/// <param name="Note">Anything else.</param>
public sealed record AttemptNotes(string? Place, string? By, string? Reference, string? Note);
