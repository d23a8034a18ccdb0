using System.Data.Common;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>Reads the figures of a campaign's screen.</summary>
public sealed class FigureStore(Database database, TimeProvider time)
{
    private const string SelectDays = """
        SELECT country, CAST(SUM(CASE WHEN hour >= @Today THEN confirmed ELSE 0 END) AS bigint) AS today,
               CAST(SUM(CASE WHEN hour >= @Week AND hour < @Today THEN confirmed ELSE 0 END) AS bigint) AS week,
               CAST(SUM(CASE WHEN hour < @Week THEN confirmed ELSE 0 END) AS bigint) AS before
        FROM counters_by_hour WHERE campaign_id = @CampaignId AND hour >= @Weeks
        GROUP BY country
        """;

    /// <param name="campaign">The campaign.</param>
    /// <param name="countries">The countries in scope; null for all.</param>
    /// <param name="hourly">Pending and held as of the last full hour.</param>
    public CampaignFigures Read(Campaign campaign, IReadOnlyList<string>? countries, bool hourly)
    {
        var now = time.UtcNow();
        var local = TimeZones.Local(now, campaign.TimeZone);
        var day = DateOnly.FromDateTime(local.DateTime);
        var scope = new CountryScope(countries);
        var (rows, asOf) = database.Snapshot(connection =>
        {
            var counters = CountStore.Counters(connection, campaign.Id, hourly);
            var days = campaign.Sensitive
                ? SealedDays(connection, campaign, day)
                : connection.Query<DaysRow>(SelectDays, Hours(campaign, day)).ToDictionary(row => row.Country);
            var confirmed = campaign.Sensitive
                ? SealedCounts.Now(connection, campaign.Id)
                : counters
                    .Where(row => row.State == SignatureState.Confirmed)
                    .ToDictionary(row => row.Country, row => row.Value);
            return (
                Rows(campaign, scope, local, counters, confirmed, days),
                hourly ? HourlySnapshot.FindTakenAt(connection) : now
            );
        });
        return new CampaignFigures(now, asOf, day, Sum(campaign, countries, rows, local), rows);
    }

    private static List<CountryFigures> Rows(
        Campaign campaign,
        CountryScope scope,
        DateTimeOffset local,
        List<CounterRow> counters,
        IReadOnlyDictionary<string, long> confirmed,
        Dictionary<string, DaysRow> days
    )
    {
        var goals = campaign.Countries.ToDictionary(country => country.Country, country => country.Goal);
        var unconfirmed = counters.ToLookup(row => (row.Country, row.State), row => row.Value);
        return
        [
            .. counters
                .Where(row => row is { Value: not 0, State: SignatureState.Pending or SignatureState.Held })
                .Select(row => row.Country)
                .Union(goals.Keys)
                .Union(confirmed.Where(pair => pair.Value != 0).Select(pair => pair.Key))
                .Where(scope.Has)
                .Order(StringComparer.Ordinal)
                .Select(country =>
                {
                    var (count, goal) = (confirmed.GetValueOrDefault(country), goals.GetValueOrDefault(country));
                    var row = days.GetValueOrDefault(country);
                    var week = new ComparedPeriods(row?.Week ?? 0, row?.Before ?? 0);
                    return new CountryFigures(
                        country,
                        count,
                        goal > 0 ? goal : null,
                        row?.Today ?? 0,
                        week,
                        Forecast.Compute(count, goal, week.Now, local),
                        unconfirmed[(country, SignatureState.Pending)].Sum(),
                        unconfirmed[(country, SignatureState.Held)].Sum()
                    );
                }),
        ];
    }

    // An organiser's goal is that of their countries together, if each of those has one.
    private static CountryFigures Sum(
        Campaign campaign,
        IReadOnlyList<string>? scope,
        List<CountryFigures> rows,
        DateTimeOffset local
    )
    {
        int? goal =
            scope is null ? campaign.Goal
            : rows.All(row => row.Goal is not null) ? rows.Sum(row => row.Goal!.Value)
            : null;
        var confirmed = rows.Sum(row => row.Confirmed);
        var week = new ComparedPeriods(rows.Sum(row => row.Week.Now), rows.Sum(row => row.Week.Before));
        return new CountryFigures(
            null,
            confirmed,
            goal > 0 ? goal : null,
            rows.Sum(row => row.Today),
            week,
            Forecast.Compute(confirmed, goal, week.Now, local),
            rows.Sum(row => row.Pending),
            rows.Sum(row => row.Held)
        );
    }

    private static DaysParameters Hours(Campaign campaign, DateOnly day)
    {
        return new DaysParameters(campaign.Id, Midnight(0), Midnight(Forecast.Days), Midnight(2 * Forecast.Days));

        long Midnight(int daysAgo) => CountedHours.Of(TimeZones.Midnight(day.AddDays(-daysAgo), campaign.TimeZone));
    }

    private static Dictionary<string, DaysRow> SealedDays(DbConnection connection, Campaign campaign, DateOnly day)
    {
        var hours = Hours(campaign, day);
        var (now, today, week, weeks) = (
            SealedCounts.Now(connection, campaign.Id),
            Before(hours.Today),
            Before(hours.Week),
            Before(hours.Weeks)
        );
        return now.Keys.ToDictionary(
            country => country,
            country => new DaysRow
            {
                Country = country,
                Today = now[country] - today.GetValueOrDefault(country),
                Week = today.GetValueOrDefault(country) - week.GetValueOrDefault(country),
                Before = week.GetValueOrDefault(country) - weeks.GetValueOrDefault(country),
            }
        );

        IReadOnlyDictionary<string, long> Before(long hour) =>
            SealedCounts.At(connection, campaign.Id, hour) ?? new Dictionary<string, long>();
    }

    private sealed record DaysParameters(long CampaignId, long Today, long Week, long Weeks);

    private sealed class DaysRow
    {
        public required string Country { get; init; }
        public required long Today { get; init; }
        public required long Week { get; init; }
        public required long Before { get; init; }
    }
}
