namespace Campaigns.Db.Signatures;

/// <summary>A signature as staff see it in a list, without personal data.</summary>
public sealed record ListedSignature
{
    public required long Id { get; init; }
    public required string State { get; init; }
    public required string Country { get; init; }

    /// <summary>Null once the personal data is cleared.</summary>
    public required DateTimeOffset? SignedAt { get; init; }
    public required DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Null while it is not on hold.</summary>
    public required string? HoldReason { get; init; }
    public required long? Wave { get; init; }
}
