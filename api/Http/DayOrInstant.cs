namespace Campaigns.Api.Http;

/// <summary>An end of a period: an instant, or a day (UTC).</summary>
internal static class DayOrInstant
{
    public const string Sentence = "This must be an instant such as 2019-05-17T09:00:00.000Z, or a date.";

    /// <summary>Parses the first instant: that of a day is its beginning.</summary>
    public static DateTimeOffset? ParseFrom(string text) => Parse(text, addDays: 0);

    /// <summary>Parses the instant after the last: a day is included.</summary>
    public static DateTimeOffset? ParseTo(string text) => Parse(text, addDays: 1);

    private static DateTimeOffset? Parse(string text, int addDays)
    {
        if (Instant.TryParse(text, out var instant))
            return instant;
        return Instant.TryParseDate(text, out var day) && day < DateOnly.MaxValue
            ? new DateTimeOffset(day.AddDays(addDays), TimeOnly.MinValue, TimeSpan.Zero)
            : null;
    }
}
