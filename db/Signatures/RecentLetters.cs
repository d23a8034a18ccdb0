using Campaigns.Letters;

namespace Campaigns.Db.Signatures;

/// <summary>The letters that went to the addresses of some signatures.</summary>
/// <param name="Counts">By signature: those of the last <see cref="LetterRules.LimitWindow"/>, and
/// the extra ones of the last <see cref="LetterRules.ExtraWindow"/>. A signature without a letter
/// is missing.</param>
/// <param name="Limit">The most letters in the window.</param>
/// <param name="Tally">Counts how often the limit acts.</param>
internal sealed record RecentLetters(
    IReadOnlyDictionary<long, (long Letters, long Extra)> Counts,
    int Limit,
    LimitTally Tally
)
{
    private readonly HashSet<long> _stopped = [];

    /// <summary>How many letters the address got.</summary>
    public long Of(long signatureId) => Counts.GetValueOrDefault(signatureId).Letters;

    /// <summary>True if the address of the signature may get another letter.</summary>
    public bool IsBelowLimit(long signatureId)
    {
        if (!Counts.TryGetValue(signatureId, out var count) || LetterRules.IsBelowLimit(count.Letters, Limit))
            return true;
        // A request asks several times.
        if (_stopped.Add(signatureId))
            Tally.Record(nameof(LimitOptions.LettersPerAddressPerWeek));
        return false;
    }

    /// <summary>
    /// True if the address may get a letter beyond the limit, because the request says something
    /// else than the stored signature.
    /// </summary>
    public bool HasExtra(long signatureId) =>
        !Counts.TryGetValue(signatureId, out var count) || LetterRules.HasExtra(count.Extra);
}
