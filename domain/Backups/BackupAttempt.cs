namespace Campaigns.Backups;

/// <summary>How the last scheduled backup went.</summary>
public sealed record BackupAttempt
{
    public required DateTimeOffset AttemptedAt { get; init; }

    /// <summary>One of <see cref="BackupFailure"/>; null after a success.</summary>
    public required string? Failure { get; init; }

    /// <summary>When the newest one was finished; null when none was.</summary>
    public required DateTimeOffset? MadeAt { get; init; }

    /// <summary>The size of the newest one.</summary>
    public required long? Bytes { get; init; }
}
