namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>A page of a timeline.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record TimelinePage(IReadOnlyList<TimelineItem> Items, string? Next);
