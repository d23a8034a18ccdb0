using System.Data.Common;
using Campaigns.Db.Ledger;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// The counts for staff. <c>Unsealed</c> counts queued ledger lines. <c>WithoutSignature</c> counts
/// public lines whose signatures a restore lost: the public count exceeds the
/// confirmed rows by it. <c>Drift</c> is null before the first recount. <c>UnconfirmedAsOf</c> is
/// the instant of the figures about unconfirmed people, null before the first hourly ones.
/// </summary>
public sealed record StaffCounts(
    IReadOnlyList<CountryBuckets> Countries,
    DateTimeOffset? UnconfirmedAsOf,
    long Unsealed,
    long WithoutSignature,
    long? Drift,
    DateTimeOffset? RecountedAt,
    IReadOnlyList<DayCount> Days
);

/// <summary>
/// Reads counts from the database: public counts for <see cref="LiveCounts"/>, and counts for
/// staff.
/// </summary>
public sealed class CountStore(Database database, TimeProvider time)
{
    private const string NewestHead = $"SELECT counts {LedgerHeads.Newest}";

    private const string ServedHead = $"SELECT size, sealed_at, counts {LedgerHeads.NewestServed}";

    // A removal of unknown number is left out, because its add line is not in this database and not counted.
    private const string Queued = """
        SELECT country, CAST(SUM(CASE kind WHEN 'add' THEN 1 ELSE -1 END) AS bigint) AS value FROM ledger_queue
        WHERE campaign_id = @campaignId AND (kind = 'add' OR of_n IS NOT NULL) GROUP BY country
        """;

    private const string Days = """
        SELECT day, country, CAST(SUM(value) AS bigint) AS confirmed FROM counters_by_day
        WHERE campaign_id = @campaignId GROUP BY day, country HAVING SUM(value) <> 0
        ORDER BY day, country
        """;

    private const string CountUnsealed = """
        SELECT country, count(*) AS value FROM ledger_queue
        WHERE campaign_id = @campaignId AND (kind = 'add' OR of_n IS NOT NULL) GROUP BY country
        """;

    private const string SelectRecount = "SELECT drift, recounted_at FROM recounts WHERE campaign_id = @campaignId";

    /// <summary>
    /// The public count: sealed lines plus queued lines, so that counts and ledger cannot differ. A
    /// sensitive campaign shows the sealed lines only.
    /// </summary>
    internal PublicCounts ReadPublic(long campaignId, bool sensitive)
    {
        var now = time.UtcNow();
        var (served, sealedCounts, counts) = database.Snapshot(connection =>
        {
            var head = connection.QuerySingle<HeadRow>(ServedHead, new { campaignId });
            var proven = TreeHead.ReadCounts(head.Counts);
            return (head, proven, sensitive ? new Dictionary<string, long>(proven) : Live(connection, campaignId));
        });
        return new PublicCounts(sensitive ? served.SealedAt : now, counts, served.Size, sealedCounts.Values.Sum());
    }

    /// <summary>
    /// Counts by real country for staff. <paramref name="countries"/> are the organiser's; null
    /// means all. Lines are counted under the country they carry, so an organiser's country that
    /// the campaign does not list has none. With <paramref name="hourly"/> the figures about
    /// unconfirmed people are those of <see cref="HourlySnapshot"/>.
    /// </summary>
    public StaffCounts ForStaff(Campaign campaign, IReadOnlyList<string>? countries, bool hourly = false)
    {
        var campaignId = campaign.Id;
        var (rows, asOf, days, unsealed, live, recount) = database.Snapshot(connection =>
            (
                Counters(connection, campaignId, hourly),
                hourly ? HourlySnapshot.FindTakenAt(connection) : time.UtcNow(),
                connection.Query<DayCount>(Days, new { campaignId }).ToList(),
                connection.Query<QueuedRow>(CountUnsealed, new { campaignId }).ToList(),
                Live(connection, campaignId),
                connection.QuerySingleOrDefault<Recount>(SelectRecount, new { campaignId })
            )
        );

        bool IsInScope(string country) => countries is null || countries.Contains(country);
        var listed = campaign.Countries.Select(country => country.Country).Where(IsInScope).ToList();
        var confirmed = rows.Where(row => row.State == SignatureState.Confirmed)
            .Where(row => countries is null || listed.Contains(row.Country))
            .Sum(row => row.Value);
        return new StaffCounts(
            [
                .. rows.Select(row => row.Country)
                    .Where(IsInScope)
                    .Union(listed)
                    .Order(StringComparer.Ordinal)
                    .Select(country => new CountryBuckets(
                        country,
                        SignatureState.Buckets.ToDictionary(
                            bucket => bucket,
                            bucket =>
                                rows.Where(row => row.Country == country && row.State == bucket).Sum(row => row.Value)
                        )
                    )),
            ],
            asOf,
            unsealed.Where(row => IsInScope(row.Country)).Sum(row => row.Value),
            live.Where(line => IsInScope(line.Key)).Sum(line => line.Value) - confirmed,
            recount?.Drift,
            recount?.RecountedAt,
            [.. days.Where(day => IsInScope(day.Country))]
        );
    }

    /// <summary>The last recount of a campaign; null before the first.</summary>
    public Recount? FindRecount(long campaignId)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<Recount>(SelectRecount, new { campaignId });
    }

    /// <summary>
    /// True if the last recount of any campaign found counters that differ from the rows.
    /// </summary>
    public bool HasDrift()
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>("SELECT count(*) FROM recounts WHERE drift <> 0") > 0;
    }

    // A country that only a live counter of unconfirmed people has is left out too, because its row would tell of them.
    internal static List<CounterRow> Counters(DbConnection connection, long campaignId, bool hourly)
    {
        var live = connection.Query<CounterRow>(CounterRow.Select, new { campaignId }).AsList();
        return hourly
            ?
            [
                .. live.Where(row => row.Value != 0 && !HourlySnapshot.Buckets.Contains(row.State)),
                .. HourlySnapshot.Counters(connection, campaignId),
            ]
            : live;
    }

    private static Dictionary<string, long> Live(DbConnection connection, long campaignId)
    {
        // Uses the newest head even if the journal does not have it yet, because its lines have left the queue.
        var counts = new Dictionary<string, long>(
            TreeHead.ReadCounts(connection.QuerySingle<string>(NewestHead, new { campaignId })),
            StringComparer.Ordinal
        );
        foreach (var row in connection.Query<QueuedRow>(Queued, new { campaignId }))
            counts[row.Country] = counts.GetValueOrDefault(row.Country) + row.Value;
        return counts;
    }

    private sealed class HeadRow
    {
        public required long Size { get; init; }
        public required DateTimeOffset SealedAt { get; init; }
        public required string Counts { get; init; }
    }

    private sealed class QueuedRow
    {
        public required string Country { get; init; }
        public required long Value { get; init; }
    }
}
