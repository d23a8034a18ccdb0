namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>Names the texts of timelines.</summary>
public sealed class TimelineTexts;
