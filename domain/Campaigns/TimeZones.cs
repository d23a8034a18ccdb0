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
        TimeZoneInfo.ConvertTime(
            instant,
            TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc
        );
}
