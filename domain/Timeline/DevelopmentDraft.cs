namespace Campaigns.Timeline;

/// <summary>What an institution did, as staff wrote it.</summary>
public sealed record DevelopmentDraft : EntryDraft
{
    public required string Institution { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }

    /// <summary>At least one, because it is public at once.</summary>
    public required IReadOnlyList<Source> Sources { get; init; }
}
