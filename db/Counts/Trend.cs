namespace Campaigns.Db.Counts;

/// <summary>The points of a period.</summary>
/// <param name="UnconfirmedAsOf">Until when new signatures are counted.</param>
/// <param name="Points">One for each interval, also without signatures.</param>
/// <param name="Confirmed">Beside the period before; null if that was not kept by hour.</param>
public sealed record Trend(
    DateTimeOffset UnconfirmedAsOf,
    IReadOnlyList<TrendPoint> Points,
    ComparedPeriods? Confirmed
);
