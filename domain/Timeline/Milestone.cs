namespace Campaigns.Timeline;

/// <summary>A number of confirmed signatures that was reached.</summary>
/// <param name="Kind">One of <see cref="MilestoneKind"/>.</param>
/// <param name="Country">The country whose goal it is; null for the campaign.</param>
/// <param name="Number">The number.</param>
public sealed record Milestone(string Kind, string? Country, long Number);
