namespace Campaigns.Letters;

/// <summary>What becomes of a queued letter.</summary>
/// <param name="State">One of <see cref="LetterState"/>; queued for a letter to send again.</param>
/// <param name="Failure">A status or a word; null if it was sent.</param>
public sealed record LetterResult(string State, string? Failure = null)
{
    /// <summary>True if this counts as a try.</summary>
    public bool Tried { get; init; } = true;

    /// <summary>When to try again; null leaves the due time unchanged.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What a letter that was given up says of its mailbox.</summary>
    public BounceKind Bounce => State == LetterState.Failed ? BounceRules.KindOf(Failure ?? "") : BounceKind.Other;
}
