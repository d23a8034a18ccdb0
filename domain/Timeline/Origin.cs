namespace Campaigns.Timeline;

/// <summary>Where a cross-posted update was published first.</summary>
/// <param name="Publisher">Who published it.</param>
/// <param name="Url">Its address; null for one on paper.</param>
/// <param name="Language">Its language.</param>
public sealed record Origin(string Publisher, string? Url, string Language);
