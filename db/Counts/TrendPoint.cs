namespace Campaigns.Db.Counts;

/// <summary>One point of a trend; <paramref name="At"/> is when its interval begins.</summary>
public sealed record TrendPoint(DateTimeOffset At, long Signatures, long Confirmed);
