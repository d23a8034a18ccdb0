using System.Globalization;
using System.Text;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// What one country added on a day, or in the week that begins on it. It is negative where more
/// left than came.
/// </summary>
public sealed record HistoryItem(DateOnly On, string Country, long Confirmed);

public sealed record HistoryView(string By, IReadOnlyList<HistoryItem> Items)
{
    /// <summary>
    /// By date, then by country; what added nothing is left out. Countries that the campaign does
    /// not list are together as <c>ZZ</c>.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="days">What each day added.</param>
    /// <param name="request">The interval, and the country or null for all.</param>
    internal static HistoryView From(Campaign campaign, IReadOnlyList<DayCount> days, HistoryRequest request) =>
        new(
            TrendRequest.Word(request.By),
            [
                .. days.Select(day => new HistoryItem(
                        TrendPeriod.StartOf(request.By, day.Day),
                        campaign.ListedCountries.Contains(day.Country) ? day.Country : Country.Other,
                        day.Confirmed
                    ))
                    .Where(item => request.Country is null || item.Country == request.Country)
                    .GroupBy(item => (item.On, item.Country))
                    .Select(group => new HistoryItem(
                        group.Key.On,
                        group.Key.Country,
                        group.Sum(item => item.Confirmed)
                    ))
                    .Where(item => item.Confirmed != 0)
                    .OrderBy(item => item.On)
                    .ThenBy(item => item.Country, StringComparer.Ordinal),
            ]
        );

    /// <summary>The items as CSV, with a byte order mark for spreadsheets.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder("\uFEFFon,country,confirmed\r\n");
        foreach (var item in Items)
            csv.Append(CultureInfo.InvariantCulture, $"{Instant.Text(item.On)},{item.Country},{item.Confirmed}\r\n");
        return csv.ToString();
    }
}
