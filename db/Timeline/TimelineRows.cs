using Campaigns.Timeline;

namespace Campaigns.Db.Timeline;

internal sealed class EntryRow
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string Kind { get; init; }
    public required string State { get; init; }
    public required int Version { get; init; }
    public required DateOnly? OnDay { get; init; }
    public required string Content { get; init; }
    public required IReadOnlyList<string>? Countries { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public required DateTimeOffset? CorrectedAt { get; init; }
    public required DateTimeOffset? WithdrawnAt { get; init; }

    public TimelineEntry ToEntry() =>
        new()
        {
            Id = Id,
            CampaignId = CampaignId,
            State = State,
            Version = Version,
            Draft = EntryContent.Read(Kind, Content, OnDay),
            Countries = Countries,
            CreatedAt = CreatedAt,
            SavedAt = SavedAt,
            PublishedAt = PublishedAt,
            CorrectedAt = CorrectedAt,
            WithdrawnAt = WithdrawnAt,
        };
}

internal sealed class VersionRow
{
    public required DateOnly OnDay { get; init; }
    public required string Content { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
}

internal sealed class MilestoneRow
{
    public required long CampaignId { get; init; }
    public required string Kind { get; init; }
    public required string Country { get; init; }
    public required long Number { get; init; }
    public required DateOnly ReachedOn { get; init; }

    public ReachedMilestone ToMilestone() =>
        new(new Milestone(Kind, Country.Length == 0 ? null : Country, Number), ReachedOn);
}
