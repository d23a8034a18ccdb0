namespace Campaigns.Db.Signatures;

/// <summary>All stored data about a signer, for the signer.</summary>
public sealed record MySignature
{
    public required string Campaign { get; init; }
    public required string State { get; init; }
    public required string? Name { get; init; }
    public required string Email { get; init; }
    public required string Country { get; init; }
    public required string? Locality { get; init; }
    public required string Locale { get; init; }
    public required Disclosure Disclosure { get; init; }
    public required bool Updates { get; init; }
    public required string TextHash { get; init; }
    public required DateTimeOffset SignedAt { get; init; }
    public required DateTimeOffset? ConfirmedAt { get; init; }
    public required long? LedgerEntry { get; init; }

    /// <summary>True while the signature is on hold, and so not counted.</summary>
    public required bool Held { get; init; }
}
