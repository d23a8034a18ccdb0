namespace Campaigns.Timeline;

/// <summary>A number of an update.</summary>
/// <param name="Label">What is counted.</param>
/// <param name="Series">Figures of one series are drawn over their dates; null for none.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">The unit, such as people.</param>
/// <param name="AsOf">The day of the number.</param>
/// <param name="Source">The place of its source in the list of sources, from 0.</param>
public sealed record Figure(string Label, string? Series, decimal Value, string Unit, DateOnly AsOf, int Source);
