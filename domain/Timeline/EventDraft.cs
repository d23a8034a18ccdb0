namespace Campaigns.Timeline;

/// <summary>Where people meet, as staff wrote it. There is no registration.</summary>
public sealed record EventDraft : EntryDraft
{
    public required string Place { get; init; }
    public required string Country { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }

    /// <summary>True if staff show the place of an event of a sensitive campaign.</summary>
    public required bool ShowsPlace { get; init; }

    /// <summary>The place for the public; null where it is not shown.</summary>
    public string? PublicPlace(Campaign campaign) => campaign.Sensitive && !ShowsPlace ? null : Place;
}
