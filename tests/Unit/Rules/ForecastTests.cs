namespace Campaigns.Tests.Unit.Rules;

/// <summary>When a goal is reached, and how a period compares with the one before.</summary>
public sealed class ForecastTests
{
    // Late in the evening in Oslo, so that a part of a day leads into the next one.
    private static readonly DateTimeOffset _now = new(2019, 5, 17, 21, 0, 0, TimeSpan.FromHours(2));

    [Theory]
    [InlineData(100, null, 70, ForecastState.NoGoal, null)]
    [InlineData(100, 0L, 70, ForecastState.NoGoal, null)]
    [InlineData(100, 100L, 70, ForecastState.Reached, null)]
    [InlineData(101, 100L, 0, ForecastState.Reached, null)]
    [InlineData(100, 200L, 0, ForecastState.NoGrowth, null)]
    [InlineData(100, 200L, -3, ForecastState.NoGrowth, null)]
    // Ten a day: a hundred more take ten days, five more half a day, which ends after midnight.
    [InlineData(100, 200L, 70, ForecastState.Expected, "2019-05-27")]
    [InlineData(100, 105L, 70, ForecastState.Expected, "2019-05-18")]
    [InlineData(100, 101L, 70, ForecastState.Expected, "2019-05-17")]
    // One in seven days.
    [InlineData(0, 100L, 1, ForecastState.Expected, "2021-04-16")]
    [InlineData(0, 521L, 1, ForecastState.Expected, "2029-05-11")]
    [InlineData(0, 522L, 1, ForecastState.TooFar, null)]
    [InlineData(0, long.MaxValue, 1, ForecastState.TooFar, null)]
    public void Forecast_divides_what_is_missing_by_the_mean_of_seven_days(
        long confirmed,
        long? goal,
        long lastDays,
        ForecastState state,
        string? day
    ) =>
        Assert.Equal(
            new Forecast(state, day is null ? null : DateOnly.Parse(day, null)),
            Forecast.Compute(confirmed, goal, lastDays, _now)
        );

    [Theory]
    [InlineData(25, 20, 5, 25L)]
    [InlineData(20, 25, -5, -20L)]
    [InlineData(0, 3, -3, -100L)]
    [InlineData(1, 3, -2, -67L)]
    [InlineData(3, 0, 3, null)]
    [InlineData(0, 0, 0, null)]
    [InlineData(-1, 2, -3, -150L)]
    [InlineData(2, -1, 3, null)]
    public void Percent_is_of_the_period_before(long now, long before, long difference, long? percent)
    {
        var compared = new ComparedPeriods(now, before);
        Assert.Equal((difference, percent), (compared.Difference, compared.Percent));
    }

    [Fact]
    public void Period_before_is_as_long_and_ends_where_the_other_begins() =>
        Assert.Equal((76L, 100L), ComparedPeriods.PeriodBefore(100, 124));
}
