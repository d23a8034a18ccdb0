namespace Campaigns.Signatures;

/// <summary>
/// Either the canonical value or a sentence about what is wrong, never both. The sentence never
/// repeats the input.
/// </summary>
public readonly record struct Canonical(string? Value, string? Problem)
{
    /// <summary>
    /// What the sentence says, for pages in other languages; null where no page needs it.
    /// </summary>
    public InputProblem? Cause { get; init; }

    internal static Canonical Wrong(InputProblem cause, int most = 0) =>
        new(null, cause.Sentence(most)) { Cause = cause };
}
