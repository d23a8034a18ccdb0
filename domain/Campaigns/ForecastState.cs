namespace Campaigns;

/// <summary>Why a goal has no forecast day, or that it has one.</summary>
public enum ForecastState
{
    /// <summary>There is no goal.</summary>
    NoGoal,
    Reached,

    /// <summary>The last seven full days added nothing.</summary>
    NoGrowth,

    /// <summary>The day is more than <see cref="Forecast.MostYears"/> years away.</summary>
    TooFar,
    Expected,
}
