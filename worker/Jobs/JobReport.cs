namespace Campaigns.Worker.Jobs;

/// <summary>A job of the timetable as shown to operators. Null where it is not known.</summary>
public sealed record JobReport
{
    /// <summary>Such as <c>recount</c>.</summary>
    public required string Name { get; init; }

    /// <summary>From a run to the next; null for a job that waiting rows start.</summary>
    public required TimeSpan? Pause { get; init; }

    public bool IsRunning { get; init; }

    /// <summary>When the last run started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long the last run took; null while it runs.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>True if the last run failed.</summary>
    public bool? Failed { get; init; }

    /// <summary>
    /// When the next run starts; null while one runs, and for a job that starts only when there is
    /// work.
    /// </summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>
    /// Failed runs: on the board those of <see cref="JobHistory.Longest"/>, of a loop those of this
    /// process.
    /// </summary>
    public long? Failures { get; init; }
}
