namespace Campaigns.Db.Letters;

/// <summary>The letters of a campaign that have not left.</summary>
public sealed record OutboxFigures
{
    public required long Queued { get; init; }

    /// <summary>When the oldest of them was queued; null without one.</summary>
    public required DateTimeOffset? OldestAt { get; init; }

    /// <summary>Those that were tried, by the code of the last failure.</summary>
    public required IReadOnlyList<RetriedLetters> Retries { get; init; }

    /// <summary>
    /// First letters of signatures that a mail server accepted in the last full hour.
    /// </summary>
    public required long AcceptedInLastHour { get; init; }
}

/// <summary>Letters that wait after a failure with this code.</summary>
public sealed record RetriedLetters
{
    public required string Code { get; init; }
    public required long Letters { get; init; }
}
