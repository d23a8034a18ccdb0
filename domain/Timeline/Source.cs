namespace Campaigns.Timeline;

/// <summary>Where a statement can be read.</summary>
/// <param name="Title">The title of the report.</param>
/// <param name="Publisher">Who published it.</param>
/// <param name="Url">Its address; null for one on paper.</param>
/// <param name="PublishedOn">The day of its publication.</param>
/// <param name="Kind">One of <see cref="SourceKind"/>.</param>
public sealed record Source(string Title, string Publisher, string? Url, DateOnly PublishedOn, string Kind);
