namespace Campaigns.Packets;

/// <summary>A time-stamp of the signature (RFC 3161).</summary>
/// <param name="Holds">True if it stamps this signature.</param>
/// <param name="At">The time it states.</param>
public sealed record StampEvidence(bool Holds, DateTimeOffset At);
