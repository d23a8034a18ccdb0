using System.Data.Common;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>Reads trends and funnels from the counters by hour.</summary>
public sealed class TrendStore(Database database, TimeProvider time)
{
    private const string SelectFirst = "SELECT MIN(hour) FROM counters_by_hour WHERE campaign_id = @campaignId";

    private const string SelectHours = """
        SELECT hour, CAST(SUM(CASE WHEN hour < @until THEN signed ELSE 0 END) AS bigint) AS signatures,
               CAST(SUM(confirmed) AS bigint) AS confirmed
        FROM counters_by_hour WHERE campaign_id = @campaignId AND hour >= @from AND hour < @to
        """;

    private const string Steps = """
        CAST(SUM(signed) AS bigint) AS signatures, CAST(SUM(letters) AS bigint) AS letters,
        CAST(SUM(CASE WHEN hour < @sealedBefore THEN pressed ELSE 0 END) AS bigint) AS pressed
        """;

    private const string SelectCountries = $"""
        SELECT country AS key, {Steps} FROM counters_by_hour WHERE campaign_id = @campaignId AND hour < @until
        """;

    private const string SelectProviders = $"""
        SELECT provider AS key, {Steps}, CAST(SUM(bounced) AS bigint) AS bounced
        FROM counters_by_provider WHERE campaign_id = @campaignId AND hour < @until
        GROUP BY provider ORDER BY provider
        """;

    private const string SelectSealed =
        "SELECT MAX(sealed_at) FROM ledger_heads WHERE campaign_id = @campaignId AND journaled = 1";

    /// <summary>
    /// The period of a trend, or a refusal (<see cref="TrendPeriod.Create"/>). Without a beginning
    /// it begins with what was counted first.
    /// </summary>
    public Outcome<TrendPeriod> Period(
        Campaign campaign,
        TrendInterval by,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null
    )
    {
        long? first = null;
        if (from is null)
        {
            using var connection = database.Read();
            first = connection.QuerySingle<long?>(SelectFirst, new { campaignId = campaign.Id });
        }
        return TrendPeriod.Create(by, from, to, first, time.UtcNow());
    }

    /// <summary>
    /// The signatures of each interval. <c>Signatures</c> are new ones at the time of their first
    /// request, whatever happened to them since. <c>Confirmed</c> are those that count now, at the
    /// time of their confirmation; of a sensitive campaign, what its ledger gained, at the time of
    /// sealing.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="period">The intervals.</param>
    /// <param name="countries">Null for all.</param>
    /// <param name="hourly">New signatures as of the last full hour.</param>
    public Trend Read(Campaign campaign, TrendPeriod period, IReadOnlyList<string>? countries, bool hourly)
    {
        var now = time.UtcNow();
        var until = Until(now, hourly);
        var scope = new CountryScope(countries);
        var before = period.Before;
        var (points, previous) = database.Snapshot(connection =>
            (Points(connection, campaign, period, scope, until), Points(connection, campaign, before, scope, until))
        );
        var isKept = period.By != TrendInterval.Hour || before.From >= CountedHours.FirstKept(now);
        return new Trend(
            hourly ? now.FullHour() : now,
            points,
            isKept
                ? new ComparedPeriods(points.Sum(point => point.Confirmed), previous.Sum(point => point.Confirmed))
                : null
        );
    }

    /// <summary>
    /// How many signatures reached each step, by country. A signature that withdrew since, or is on
    /// hold, counts too. Presses of a sensitive campaign are those before the hour of its newest
    /// head.
    /// </summary>
    public Funnel ReadByCountry(Campaign campaign, IReadOnlyList<string>? countries, bool hourly)
    {
        var scope = new CountryScope(countries);
        var sql = $"{SelectCountries} {scope.Condition} GROUP BY country ORDER BY country";
        return Read(campaign, sql, scope, hourly);
    }

    /// <summary>The same by mail provider, of all countries.</summary>
    public Funnel ReadByProvider(Campaign campaign, bool hourly) =>
        Read(campaign, SelectProviders, new CountryScope(null), hourly);

    private Funnel Read(Campaign campaign, string sql, CountryScope scope, bool hourly)
    {
        var now = time.UtcNow();
        return database.Snapshot(connection =>
        {
            var sealedAt = connection.QuerySingle<long?>(SelectSealed, new { campaignId = campaign.Id });
            var sealedBefore = campaign.Sensitive ? CountedHours.OfMilliseconds(sealedAt ?? 0) : long.MaxValue;
            var parameters = new
            {
                campaignId = campaign.Id,
                until = Until(now, hourly),
                sealedBefore,
            };
            return new Funnel(
                hourly ? now.FullHour() : now,
                connection.Query<FunnelStep>(sql, scope.Parameters(parameters)).AsList()
            );
        });
    }

    private static List<TrendPoint> Points(
        DbConnection connection,
        Campaign campaign,
        TrendPeriod period,
        CountryScope scope,
        long until
    )
    {
        var hours = connection
            .Query<HourRow>(
                $"{SelectHours} {scope.Condition} GROUP BY hour",
                scope.Parameters(
                    new
                    {
                        campaignId = campaign.Id,
                        from = period.From,
                        to = period.To,
                        until,
                    }
                )
            )
            .ToLookup(row => TrendPeriod.StartOf(period.By, row.Hour));
        var lines = campaign.Sensitive ? SealedCounts.ByInterval(connection, campaign.Id, period, scope) : null;
        return
        [
            .. period.Hours.Select(hour => new TrendPoint(
                CountedHours.Start(hour),
                hours[hour].Sum(row => row.Signatures),
                lines?.GetValueOrDefault(hour) ?? hours[hour].Sum(row => row.Confirmed)
            )),
        ];
    }

    private static long Until(DateTimeOffset now, bool hourly) => hourly ? CountedHours.Of(now) : long.MaxValue;

    private sealed class HourRow
    {
        public required long Hour { get; init; }
        public required long Signatures { get; init; }
        public required long Confirmed { get; init; }
    }
}
