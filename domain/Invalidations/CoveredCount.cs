namespace Campaigns.Invalidations;

/// <summary>How many signatures bulk invalidations cover.</summary>
/// <param name="Signatures">All of them.</param>
/// <param name="Confirmed">Those of them that count.</param>
public readonly record struct CoveredCount(long Signatures, long Confirmed);
