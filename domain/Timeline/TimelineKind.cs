namespace Campaigns.Timeline;

/// <summary>What an item of a campaign's timeline is.</summary>
public static class TimelineKind
{
    /// <summary>A dated post of staff with figures and sources.</summary>
    public const string Update = "update";

    /// <summary>What an institution did.</summary>
    public const string Development = "development";

    /// <summary>Where people meet.</summary>
    public const string Event = "event";

    /// <summary>A number of signatures that was reached; the system records it.</summary>
    public const string Milestone = "milestone";

    /// <summary>An attempt of a public hand-over.</summary>
    public const string Handover = "handover";

    /// <summary>The answer to a public hand-over.</summary>
    public const string Answer = "answer";

    /// <summary>The kinds that staff write.</summary>
    public static IReadOnlyList<string> Written { get; } = [Update, Development, Event];
}
