using System.Globalization;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>Which points a trend has.</summary>
public sealed class TrendPeriodTests
{
    // A Sunday.
    private static readonly DateTimeOffset _now = Moment("2026-05-17T09:30:00Z")!.Value;

    [Theory]
    [InlineData(TrendInterval.Hour, "2026-05-17T07:10:00Z", "2026-05-17T09:00:00Z", "2026-05-17T07:00", 2)]
    [InlineData(TrendInterval.Hour, "2026-05-17T07:00:00Z", "2026-05-17T09:00:01Z", "2026-05-17T07:00", 3)]
    // It ends with the hour, day or week that is not over.
    [InlineData(TrendInterval.Hour, "2026-05-17T08:00:00Z", null, "2026-05-17T08:00", 2)]
    [InlineData(TrendInterval.Day, "2026-05-15T00:00:00Z", "2027-01-01T00:00:00Z", "2026-05-15T00:00", 3)]
    [InlineData(TrendInterval.Day, "2026-05-15T23:00:00Z", "2026-05-16T00:00:00Z", "2026-05-15T00:00", 1)]
    // Weeks begin on Monday.
    [InlineData(TrendInterval.Week, "2026-05-17T00:00:00Z", null, "2026-05-11T00:00", 1)]
    [InlineData(TrendInterval.Week, "2026-05-10T23:59:00Z", null, "2026-05-04T00:00", 2)]
    // Hours are kept for 90 days, from midnight.
    [InlineData(TrendInterval.Hour, "2020-01-01T00:00:00Z", null, "2026-02-16T00:00", 2_170)]
    [InlineData(TrendInterval.Hour, null, null, "2026-05-01T05:00", 389)]
    [InlineData(TrendInterval.Day, null, null, "2026-05-01T00:00", 17)]
    public void Period_covers_whole_intervals(TrendInterval by, string? from, string? to, string begins, int points)
    {
        var first = CountedHours.Of(Moment("2026-05-01T05:20:00Z")!.Value);
        var period = TrendPeriod.Create(by, Moment(from), Moment(to), first, _now).Value!;
        Assert.Equal(Moment(begins + ":00Z"), CountedHours.Start(period.From));
        Assert.Equal(points, period.Hours.Count());
    }

    [Theory]
    [InlineData(TrendInterval.Day, "2026-05-17T00:00:00Z", "2026-05-17T00:00:00Z", "to")]
    [InlineData(TrendInterval.Day, "2026-05-18T00:00:00Z", null, "from")]
    [InlineData(TrendInterval.Hour, "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "to")]
    [InlineData(TrendInterval.Day, "2000-01-01T00:00:00Z", null, "from")]
    [InlineData(TrendInterval.Day, "2026-05-17T00:00:00Z", "1900-01-01T00:00:00Z", "to")]
    public void Period_without_points_or_with_too_many_is_refused(
        TrendInterval by,
        string from,
        string? to,
        string field
    ) =>
        Assert.Equal(
            field,
            Assert.Single(TrendPeriod.Create(by, Moment(from), Moment(to), 0, _now).Refusal!.Errors!).Key
        );

    [Fact]
    public void Period_without_a_beginning_is_never_too_long()
    {
        var period = TrendPeriod.Create(TrendInterval.Day, null, null, 0, _now).Value!;
        Assert.Equal(TrendPeriod.MostPoints, period.Hours.Count());
        Assert.Empty(TrendPeriod.Create(TrendInterval.Day, null, null, null, _now).Value!.Hours);
    }

    [Theory]
    [InlineData("2026-02-16T00:00:00Z", "2026-02-16T00:00:00Z")]
    [InlineData("2026-02-16T05:00:00Z", "2026-02-16T05:00:00Z")]
    [InlineData("2026-02-15T23:00:00Z", "2026-02-15T00:00:00Z")]
    [InlineData("2024-12-24T18:00:00Z", "2024-12-24T00:00:00Z")]
    public void Hour_older_than_90_days_is_counted_at_midnight(string hour, string kept) =>
        Assert.Equal(
            Moment(kept),
            CountedHours.Start(CountedHours.Kept(CountedHours.Of(Moment(hour)!.Value), _now))
        );

    [Theory]
    [InlineData("2026-05-17", "Europe/Oslo", "2026-05-16T22:00:00Z")]
    [InlineData("2026-05-17", "Asia/Kolkata", "2026-05-16T18:30:00Z")]
    [InlineData("2026-05-17", "Etc/UTC", "2026-05-17T00:00:00Z")]
    // The clock of Cairo goes from midnight to one.
    [InlineData("2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z")]
    public void Day_begins_at_midnight_of_the_zone(string day, string zone, string begins) =>
        Assert.Equal(Moment(begins), TimeZones.Midnight(DateOnly.Parse(day, CultureInfo.InvariantCulture), zone));

    private static DateTimeOffset? Moment(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
