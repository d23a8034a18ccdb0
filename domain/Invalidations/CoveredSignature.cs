using Campaigns.Signatures;

namespace Campaigns.Invalidations;

/// <summary>What the conditions of a bulk invalidation compare.</summary>
/// <param name="RestoredAt">When an earlier bulk invalidation of it was undone; null for
/// never.</param>
public sealed record CoveredSignature(
    SignaturePhase Phase,
    string Country,
    string? HoldReason,
    long? Wave,
    DateTimeOffset SignedAt,
    DateTimeOffset? ConfirmedAt,
    DateTimeOffset? RestoredAt
);
