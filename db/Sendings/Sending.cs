using Campaigns.Sendings;

namespace Campaigns.Db.Sendings;

/// <summary>How an update is sent, as stored.</summary>
public sealed record Sending
{
    public required long UpdateId { get; init; }
    public required long CampaignId { get; init; }

    /// <summary>One of <see cref="SendingState"/>.</summary>
    public required string State { get; init; }

    /// <summary>
    /// One of <see cref="global::Campaigns.Sendings.PauseReason"/>; null unless paused.
    /// </summary>
    public required string? PauseReason { get; init; }
    public required SendingOrder Order { get; init; }
    public required DateTimeOffset NotBefore { get; init; }
    public required DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }
    public required SendingProgress Progress { get; init; }

    /// <summary>Letters a minute; null while none left for some time.</summary>
    public required long? PerMinute { get; init; }

    /// <summary>
    /// Letters that left after the restored backup was made, as far as the journal knows.
    /// </summary>
    public required long Restored { get; init; }
}
