using System.Globalization;

namespace Campaigns;

/// <summary>
/// Instants are UTC and whole milliseconds everywhere. The database stores milliseconds since 1970
/// as <c>long</c>; outside the database there is one text format.
/// </summary>
public static class Instant
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    internal const long MillisecondsAnHour = 3_600_000;

    /// <summary>
    /// The current time, truncated to whole milliseconds, so that stored and compared values are
    /// equal.
    /// </summary>
    public static DateTimeOffset UtcNow(this TimeProvider time) =>
        FromMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    public static DateTimeOffset FromMilliseconds(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>The last full hour, or the instant itself if it is one.</summary>
    public static DateTimeOffset FullHour(this DateTimeOffset instant) =>
        FromMilliseconds(instant.ToUnixTimeMilliseconds() / MillisecondsAnHour * MillisecondsAnHour);

    /// <summary><c>2019-05-17T09:00:00.000Z</c></summary>
    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary><c>2019-05-17</c></summary>
    public static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly Day(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);

    /// <summary>
    /// Parses an ISO 8601 instant with an explicit offset. The result is UTC, truncated to
    /// milliseconds.
    /// </summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length < 17 || text[10] != 'T')
            return false;
        if (text[^1] != 'Z' && text.LastIndexOfAny(['+', '-']) < 16)
            return false;
        if (
            !DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal,
                out var parsed
            )
        )
            return false;
        instant = FromMilliseconds(parsed.ToUnixTimeMilliseconds());
        return true;
    }

    public static bool TryParseDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
