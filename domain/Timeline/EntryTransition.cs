namespace Campaigns.Timeline;

/// <summary>One cell of the table in <see cref="EntryLifecycle"/>.</summary>
public sealed record EntryTransition
{
    /// <summary>Set if the act is refused; then nothing changes.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The state afterwards, also if it is the same; null if refused or deleted.</summary>
    public string? State { get; init; }

    /// <summary>
    /// True if the earlier text is kept and the entry says when it was corrected.
    /// </summary>
    public bool Corrects { get; init; }

    /// <summary>True if nothing is left of the entry.</summary>
    public bool Deletes { get; init; }
}
