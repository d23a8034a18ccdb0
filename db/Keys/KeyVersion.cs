namespace Campaigns.Db.Keys;

/// <summary>A key as shown to operators, without its bytes.</summary>
/// <param name="Kind">One of <see cref="KeyStore.Kinds"/>.</param>
/// <param name="Version">Higher is newer; the newest encrypts, indexes, makes tokens or
/// signs.</param>
/// <param name="CreatedAt">When the key was made, or first found.</param>
/// <param name="RetiredAt">When the key was retired; null while it is needed.</param>
/// <param name="ReencryptedAt">For replaced root and index keys: when the last row left them;
/// null while rows may still need them.</param>
/// <param name="VerifiesUntil">For replaced keys of links: when their links expire, or until when
/// they are needed.</param>
/// <param name="Rows">For root and index keys: the rows encrypted or indexed under it; null if not
/// counted.</param>
/// <param name="Suppressions">For index keys: suppressed addresses that only this key
/// finds; null if not counted.</param>
public sealed record KeyVersion(
    string Kind,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RetiredAt,
    DateTimeOffset? ReencryptedAt,
    DateTimeOffset? VerifiesUntil,
    long? Rows,
    long? Suppressions
)
{
    /// <summary>
    /// True for a replaced root or index key while rows may still need it. The newest version of
    /// a kind is not replaced, so the caller must exclude it.
    /// </summary>
    public bool IsReencrypting => Kind is KeyFiles.Root or KeyFiles.Index && RetiredAt is null && ReencryptedAt is null;
}
