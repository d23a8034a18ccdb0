using System.Collections.Concurrent;
using System.Collections.Frozen;
using PublicHoliday;

namespace Campaigns.Db.Handovers;

/// <summary>
/// Public holidays by country, from the library PublicHoliday. Only this file uses it. Where a
/// country's parts differ it has the days of the whole country, and for GB those of England and
/// Wales.
/// </summary>
public static class HolidayCalendar
{
    private static readonly ConcurrentDictionary<(string Country, int Year), FrozenSet<DateOnly>> _years = new();

    /// <summary>The countries whose holidays are known.</summary>
    // The library also has the code "Po", an old mistake for Poland.
    public static IReadOnlySet<string> Countries { get; } =
        Enum.GetNames<PublicHolidayCountryCode>()
            .Select(name => name.ToUpperInvariant())
            .Where(Country.Exists)
            .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a public holiday of one of <see cref="Countries"/>.</summary>
    public static bool IsHoliday(string country, DateOnly day) =>
        _years.GetOrAdd((country, day.Year), static key => Read(key.Country, key.Year)).Contains(day);

    private static FrozenSet<DateOnly> Read(string country, int year) =>
        PublicHolidayFactory
            .GetPublicHolidayForCountry(country)
            .PublicHolidays(year)
            .Select(DateOnly.FromDateTime)
            .ToFrozenSet();
}
