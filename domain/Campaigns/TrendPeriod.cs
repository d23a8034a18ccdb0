namespace Campaigns;

/// <summary>
/// The points of a trend. They are whole intervals in UTC, so a period that begins or ends inside
/// one covers all of it.
/// </summary>
/// <param name="By">The length of a point.</param>
/// <param name="From">The first hour (<see cref="CountedHours"/>).</param>
/// <param name="To">The hour after the last one.</param>
public sealed record TrendPeriod(TrendInterval By, long From, long To)
{
    /// <summary>The hours of 90 days are a few less.</summary>
    public const int MostPoints = 2_200;

    private const int DaysPerWeek = 7;

    // 1 January 1970 was a Thursday.
    private const int DaysSinceMonday = 3;

    /// <summary>The hour at which each point begins.</summary>
    public IEnumerable<long> Hours
    {
        get
        {
            for (var hour = From; hour < To; hour += Length(By))
                yield return hour;
        }
    }

    /// <summary>The period before, for <see cref="ComparedPeriods"/>.</summary>
    public TrendPeriod Before
    {
        get
        {
            var (from, to) = ComparedPeriods.PeriodBefore(From, To);
            return this with { From = from, To = to };
        }
    }

    /// <summary>
    /// The period between two instants, or a refusal that names <c>from</c> or <c>to</c>. It ends
    /// now at the latest. By hour it begins with the first hour that is kept as one.
    /// </summary>
    /// <param name="by">The length of a point.</param>
    /// <param name="from">Null for everything that is counted, at most the last
    /// <see cref="MostPoints"/> points.</param>
    /// <param name="to">The end, which is not included; null for now.</param>
    /// <param name="firstCounted">The first counted hour; null while nothing is counted.</param>
    /// <param name="now">The time.</param>
    public static Outcome<TrendPeriod> Create(
        TrendInterval by,
        DateTimeOffset? from,
        DateTimeOffset? to,
        long? firstCounted,
        DateTimeOffset now
    )
    {
        var length = Length(by);
        var end = StartOf(by, CountedHours.Of(now)) + length;
        if (to is { } asked)
            end = Math.Min(end, StartOf(by, CountedHours.Of(asked.AddMilliseconds(-1))) + length);
        var earliest = by == TrendInterval.Hour ? CountedHours.FirstKept(now) : 0;
        var start = StartOf(
            by,
            from is { } begin
                ? Math.Max(CountedHours.Of(begin), earliest)
                : Math.Max(Math.Max(firstCounted ?? end, earliest), end - (MostPoints * length))
        );
        if (from is not null && start >= end)
            return Refusal.Validation(to is null ? "from" : "to", "The period must end after it begins.");
        return (end - start) / length > MostPoints
            ? Refusal.Validation(
                "from",
                FormattableString.Invariant($"A trend has at most {MostPoints:N0} points: begin later.")
            )
            : new TrendPeriod(by, Math.Min(start, end), end);
    }

    /// <summary>The hour at which the interval of an hour begins.</summary>
    public static long StartOf(TrendInterval by, long hour) =>
        by switch
        {
            TrendInterval.Hour => hour,
            TrendInterval.Day => CountedHours.Midnight(hour),
            _ => CountedHours.Midnight(hour)
                - ((((hour / CountedHours.PerDay) + DaysSinceMonday) % DaysPerWeek) * CountedHours.PerDay),
        };

    /// <summary>The day on which the interval of a day begins.</summary>
    public static DateOnly StartOf(TrendInterval by, DateOnly day) =>
        // 1 January of the year 1 was a Monday.
        by == TrendInterval.Week
            ? day.AddDays(-(day.DayNumber % DaysPerWeek))
            : day;

    /// <summary>The hours of an interval.</summary>
    public static int Length(TrendInterval by) =>
        by switch
        {
            TrendInterval.Hour => 1,
            TrendInterval.Day => CountedHours.PerDay,
            _ => DaysPerWeek * CountedHours.PerDay,
        };
}
