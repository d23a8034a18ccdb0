namespace Campaigns;

/// <summary>
/// The hours of the counters, as numbers of hours since 1970 (UTC). Each hour is kept for
/// <see cref="KeptFor"/>; older ones are added to the midnight of their day and kept for good.
/// </summary>
public static class CountedHours
{
    public const int PerDay = 24;

    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public static long Of(DateTimeOffset at) => OfMilliseconds(at.ToUnixTimeMilliseconds());

    public static long OfMilliseconds(long milliseconds) => milliseconds / Instant.MillisecondsAnHour;

    public static DateTimeOffset Start(long hour) => Instant.FromMilliseconds(hour * Instant.MillisecondsAnHour);

    public static long Midnight(long hour) => hour - (hour % PerDay);

    /// <summary>The first hour that is kept as one. It is a midnight.</summary>
    public static long FirstKept(DateTimeOffset now) => Midnight(Of(now - KeptFor));

    /// <summary>The hour under which an hour is counted now.</summary>
    public static long Kept(long hour, DateTimeOffset now) => hour < FirstKept(now) ? Midnight(hour) : hour;
}
