using Campaigns.Db.Counts;

namespace Campaigns.Api.Pages;

/// <summary>
/// How the public count grew: a point for each day or, over a longer time, each week.
/// </summary>
/// <param name="ByWeek">True where a point is a week, which begins on its day.</param>
/// <param name="Points">The points with the count at their end, oldest first.</param>
public sealed record CountChart(bool ByWeek, IReadOnlyList<CountPoint> Points)
{
    private const int MostDays = 60;

    internal static CountChart From(IReadOnlyList<DayCount> days)
    {
        if (days.Count == 0)
            return new CountChart(false, []);
        var byWeek = days[^1].Day.DayNumber - days[0].Day.DayNumber > MostDays;
        var interval = byWeek ? TrendInterval.Week : TrendInterval.Day;
        var points = new List<CountPoint>();
        var total = 0L;
        foreach (var group in days.GroupBy(day => TrendPeriod.StartOf(interval, day.Day)))
        {
            var added = group.Sum(day => day.Confirmed);
            total += added;
            points.Add(new CountPoint(group.Key, added, total));
        }
        return new CountChart(byWeek, points);
    }
}
