namespace Campaigns;

/// <summary>
/// On which day a goal is reached if signatures go on as in the last seven full days. The missing
/// signatures are divided by the mean of those days; so many days after now, parts of a day
/// included, is the moment, and its date in the zone of the campaign is the day. Today is not part
/// of the mean, because it is not over. Nothing else is weighed: no trend, no weekday.
/// </summary>
/// <param name="State">Whether there is a day.</param>
/// <param name="Day">Set if and only if the state is <see cref="ForecastState.Expected"/>.</param>
public sealed record Forecast(ForecastState State, DateOnly? Day)
{
    /// <summary>The days of the mean.</summary>
    public const int Days = 7;

    public const int MostYears = 10;

    /// <param name="confirmed">Confirmed signatures now.</param>
    /// <param name="goal">The goal; null or 0 for none.</param>
    /// <param name="lastDays">What the last <see cref="Days"/> full days added, all together. It is
    /// negative if more people withdrew.</param>
    /// <param name="now">The local time of the campaign.</param>
    public static Forecast Compute(long confirmed, long? goal, long lastDays, DateTimeOffset now)
    {
        if (goal is not > 0)
            return new(ForecastState.NoGoal, null);
        if (confirmed >= goal)
            return new(ForecastState.Reached, null);
        if (lastDays <= 0)
            return new(ForecastState.NoGrowth, null);
        var away = (goal.Value - confirmed) * (double)Days / lastDays;
        return away > (now.AddYears(MostYears) - now).TotalDays
            ? new(ForecastState.TooFar, null)
            : new(ForecastState.Expected, DateOnly.FromDateTime(now.AddDays(away).DateTime));
    }
}
