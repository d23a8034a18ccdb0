namespace Campaigns.Signatures;

/// <summary>A validated signature in canonical form, ready to store.</summary>
public sealed record NewSignature(
    string? Name,
    EmailAddress Email,
    string Country,
    string? Locality,
    string Locale,
    Disclosure Disclosure,
    bool Updates,
    string TextHash
);
