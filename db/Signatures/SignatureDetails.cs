namespace Campaigns.Db.Signatures;

/// <summary>
/// One signature as staff see it: everything but the address, which staff know when they look for
/// it.
/// </summary>
public sealed record SignatureDetails
{
    public required ListedSignature Signature { get; init; }

    /// <summary>Null where the signer gave none, or once the personal data is cleared.</summary>
    public required string? Name { get; init; }
    public required string? Locality { get; init; }
    public required string? Locale { get; init; }
    public required string? Disclosure { get; init; }
    public required string? TextHash { get; init; }
    public required string? InvalidReason { get; init; }
    public required IReadOnlyList<GivenConsent> Consents { get; init; }
    public required IReadOnlyList<MailedLetter> Letters { get; init; }

    /// <summary>The number of its ledger line; null before it is sealed.</summary>
    public required long? LedgerEntry { get; init; }

    /// <summary>The number of the line that removes it.</summary>
    public required long? RemovedBy { get; init; }
}

/// <summary>A consent of a signer.</summary>
public sealed record GivenConsent
{
    public required string Purpose { get; init; }
    public required string? Disclosure { get; init; }
    public required string PrivacyVersion { get; init; }
    public required DateTimeOffset GivenAt { get; init; }
    public required DateTimeOffset? WithdrawnAt { get; init; }
}

/// <summary>A letter to a signer and what became of it.</summary>
public sealed record MailedLetter
{
    public required long Id { get; init; }
    public required string Kind { get; init; }
    public required string State { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? SentAt { get; init; }
    public required string? Failure { get; init; }
}
