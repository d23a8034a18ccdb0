namespace Campaigns.Timeline;

/// <summary>The states of an entry that staff wrote.</summary>
public static class EntryState
{
    /// <summary>Only staff see it. Only an update begins as a draft.</summary>
    public const string Draft = "draft";

    public const string Published = "published";

    /// <summary>It was public. Only the day of its withdrawal still is.</summary>
    public const string Withdrawn = "withdrawn";

    public static IReadOnlyList<string> All { get; } = [Draft, Published, Withdrawn];
}
