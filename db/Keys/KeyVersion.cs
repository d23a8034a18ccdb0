namespace Campaigns.Db.Keys;

/// <summary>A key as shown to operators, without its bytes.</summary>
/// <param name="Kind">One of <see cref="KeyStore.Kinds"/>.</param>
/// <param name="Version">Higher is newer; the newest encrypts, indexes, makes tokens or
/// signs.</param>
/// <param name="CreatedAt">When the key was made, or first found.</param>
/// <param name="RetiredAt">When the key was retired; null while it is needed.</param>
/// <param name="VerifiesUntil">For replaced token keys: when their links expire.</param>
/// <param name="Rows">For root and index keys: the rows encrypted or indexed under it.</param>
/// <param name="Suppressions">For index keys: suppressed addresses that only this key
/// finds.</param>
public sealed record KeyVersion(
    string Kind,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RetiredAt,
    DateTimeOffset? VerifiesUntil,
    long? Rows,
    long? Suppressions
);
