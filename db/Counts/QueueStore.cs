using System.Data.Common;
using Campaigns.Letters;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// Counts what waits for staff in every campaign. Of sensitive campaigns the figures about
/// unconfirmed people are those of the last full hour, without the age of the oldest.
/// </summary>
public sealed class QueueStore(Database database, TimeProvider time)
{
    /// <summary>A queued letter older than this is stuck.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromHours(1);

    private const string IsSensitive = "campaign_id IN (SELECT id FROM campaigns WHERE sensitive = 1)";

    private static readonly string _selectHeld = $"""
        SELECT campaign_id, count(*) AS count, MIN(signed_at) AS oldest_at FROM signatures
        WHERE hold_reason IS NOT NULL AND NOT {IsSensitive}
          AND {SqlCondition.IsOneOf("state", SignatureLifecycle.StatesChangedBy(SignatureAct.Release))}
        GROUP BY campaign_id
        UNION ALL
        SELECT campaign_id, CAST(SUM(value) AS bigint), NULL FROM hourly_counters
        WHERE state = '{SignatureState.Held}' AND {IsSensitive} GROUP BY campaign_id
        """;

    // Two statements, because each has a partial index.
    private const string SelectStuck = $"""
        SELECT campaign_id, count(*) AS count, MIN(created_at) AS oldest_at FROM letters
        WHERE state IN ('{LetterState.Failed}', '{LetterState.Unknown}') AND NOT {IsSensitive}
        GROUP BY campaign_id
        UNION ALL
        SELECT campaign_id, count(*), MIN(created_at) FROM letters
        WHERE state = '{LetterState.Queued}' AND created_at < @stuck GROUP BY campaign_id
        UNION ALL
        SELECT campaign_id, CAST(SUM(value) AS bigint), NULL FROM hourly_letters
        WHERE state IN ('{LetterState.Failed}', '{LetterState.Unknown}') AND {IsSensitive} GROUP BY campaign_id
        """;

    /// <summary>Signatures on hold.</summary>
    public IReadOnlyList<WaitingCount> CountHeld()
    {
        using var connection = database.Read();
        return Sum(connection.Query<WaitingRow>(_selectHeld));
    }

    /// <summary>
    /// Letters that were given up, or are queued for longer than <see cref="StuckAfter"/>.
    /// </summary>
    public IReadOnlyList<WaitingCount> CountStuckLetters()
    {
        using var connection = database.Read();
        var stuck = (time.UtcNow() - StuckAfter).ToUnixTimeMilliseconds();
        return Sum(connection.Query<WaitingRow>(SelectStuck, new { stuck }));
    }

    /// <summary>
    /// The totals of campaigns; of sensitive ones confirmed signatures are the sealed ones.
    /// </summary>
    /// <param name="campaigns">The campaigns, each with whether the number on hold is that of the
    /// last full hour.</param>
    /// <param name="countries">The countries in scope; null for all.</param>
    public IReadOnlyList<CampaignTotals> Totals(
        IEnumerable<(Campaign Campaign, bool Hourly)> campaigns,
        IReadOnlyList<string>? countries
    )
    {
        var scope = new CountryScope(countries);
        return database.Snapshot(connection =>
            campaigns.Select(one => Totals(connection, one.Campaign, one.Hourly, scope)).ToList()
        );
    }

    private static CampaignTotals Totals(DbConnection connection, Campaign campaign, bool hourly, CountryScope scope)
    {
        var counters = CountStore
            .Counters(connection, campaign.Id, hourly)
            .Where(row => scope.Has(row.Country))
            .ToLookup(row => row.State, row => row.Value);
        return new CampaignTotals(
            campaign.Id,
            campaign.Sensitive
                ? scope.Sum(SealedCounts.Now(connection, campaign.Id))
                : counters[SignatureState.Confirmed].Sum(),
            counters[SignatureState.Held].Sum(),
            counters[SignatureState.Withdrawn].Sum()
        );
    }

    private static List<WaitingCount> Sum(IEnumerable<WaitingRow> rows) =>
        [
            .. rows.GroupBy(row => row.CampaignId)
                .Select(same => new WaitingCount(
                    same.Key,
                    same.Sum(row => row.Count),
                    same.Min(row => row.OldestAt) is { } oldest ? Instant.FromMilliseconds(oldest) : null
                )),
        ];

    private sealed class WaitingRow
    {
        public required long CampaignId { get; init; }
        public required long Count { get; init; }
        public long? OldestAt { get; init; }
    }
}
