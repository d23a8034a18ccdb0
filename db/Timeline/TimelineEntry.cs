using Campaigns.Timeline;

namespace Campaigns.Db.Timeline;

/// <summary>An entry of the timeline as stored.</summary>
public sealed record TimelineEntry
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }

    /// <summary>One of <see cref="EntryState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Grows with every change.</summary>
    public required int Version { get; init; }

    /// <summary>What it says now.</summary>
    public required EntryDraft Draft { get; init; }

    /// <summary>The countries of the organiser who wrote it; null for a campaigner's.</summary>
    public required IReadOnlyList<string>? Countries { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public required DateTimeOffset? CorrectedAt { get; init; }
    public required DateTimeOffset? WithdrawnAt { get; init; }

    public string Kind => TimelineRules.KindOf(Draft);
}
