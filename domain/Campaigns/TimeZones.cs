namespace Campaigns;

/// <summary>Time zones by their names in the IANA time zone database.</summary>
public static class TimeZones
{
    public const string Utc = "Etc/UTC";

    /// <summary>True for a zone that this machine's time zone database has.</summary>
    public static bool Exists(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId && zone.Id == name;

    /// <summary>
    /// The local time of a zone; UTC when this machine's database lacks the zone.
    /// </summary>
    public static DateTimeOffset Local(DateTimeOffset instant, string name) =>
        TimeZoneInfo.ConvertTime(instant, Find(name));

    /// <summary>The day of an instant in a zone.</summary>
    public static DateOnly Day(DateTimeOffset instant, string name) =>
        DateOnly.FromDateTime(Local(instant, name).DateTime);

    /// <summary>
    /// When a day begins in a zone: at midnight, or an hour later where the clock skips midnight.
    /// </summary>
    public static DateTimeOffset Midnight(DateOnly day, string name)
    {
        var zone = Find(name);
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(midnight))
            midnight = midnight.AddHours(1);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private static TimeZoneInfo Find(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
