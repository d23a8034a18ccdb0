using Campaigns.Letters;

namespace Campaigns.Db.Signatures;

/// <summary>The letters that went to the addresses of some signatures.</summary>
/// <param name="Counts">By signature: those of the last <see cref="LetterRules.LimitWindow"/>, and
/// the extra ones of the last <see cref="LetterRules.ExtraWindow"/>. A signature without a letter
/// is missing.</param>
/// <param name="Limit">The most letters in the window.</param>
internal sealed record RecentLetters(IReadOnlyDictionary<long, (long Letters, long Extra)> Counts, int Limit)
{
    /// <summary>True if the address of the signature may get another letter.</summary>
    public bool IsBelowLimit(long signatureId) =>
        !Counts.TryGetValue(signatureId, out var count) || LetterRules.IsBelowLimit(count.Letters, Limit);

    /// <summary>
    /// True if the address may get a letter beyond the limit, because the request says something
    /// else than the stored signature.
    /// </summary>
    public bool HasExtra(long signatureId) =>
        !Counts.TryGetValue(signatureId, out var count) || LetterRules.HasExtra(count.Extra);
}
