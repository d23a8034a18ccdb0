using System.Data.Common;
using Campaigns.Db.Counts;
using Campaigns.Db.Engine;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Staff;
using Campaigns.Invalidations;
using Campaigns.Signatures;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Staff decisions about the held signatures of a wave. They run in pages of a transaction each,
/// because signers wait behind a transaction. If one is interrupted, the same call does the rest.
/// </summary>
public sealed class WaveStore(Database database, IOptions<InvalidationOptions> options)
{
    private const int Page = 100;

    private static readonly string _columns = $"""
        wave AS id, MIN(id) AS first, MIN(signed_at) AS "from", MAX(signed_at) AS "to",
        CAST(SUM(CASE WHEN {HoldCondition.IsOnHold} THEN 1 ELSE 0 END) AS bigint) AS held
        """;

    // With asOf, signatures of the current hour are left out.
    private static readonly string _selectWaves = $"""
        SELECT {_columns} FROM signatures
        WHERE campaign_id = @campaignId AND wave IS NOT NULL AND signed_at < @asOf
        GROUP BY wave HAVING MIN(id) < @before ORDER BY MIN(id) DESC LIMIT @limit
        """;

    private static readonly string _selectWave = $"""
        SELECT {_columns} FROM signatures
        WHERE campaign_id = @campaignId AND wave = @wave AND signed_at < @asOf GROUP BY wave
        """;

    private const string CountRows = "SELECT count(*) FROM signatures WHERE campaign_id = @campaignId AND wave = @wave";

    private static readonly string _countHeld = $"{CountRows} AND {HoldCondition.IsOnHold}";

    private static readonly string _selectHeld = $"""
        SELECT id FROM signatures
        WHERE campaign_id = @campaignId AND wave = @wave AND id > @after AND {HoldCondition.IsOnHold}
        ORDER BY id LIMIT @Page
        """;

    /// <summary>
    /// Waves with a first signature before <paramref name="before"/>, newest first. With
    /// <paramref name="hourly"/> those signed before the last full hour.
    /// </summary>
    public IReadOnlyList<Wave> List(long campaignId, long before, int limit, bool hourly)
    {
        using var connection = database.Read();
        var asOf = AsOf(connection, hourly);
        return
        [
            .. connection.Query<Wave>(
                _selectWaves,
                new
                {
                    campaignId,
                    before,
                    limit,
                    asOf,
                }
            ),
        ];
    }

    /// <summary>One wave as in the list; null if the list does not have it.</summary>
    public Wave? Find(long campaignId, long wave, bool hourly)
    {
        using var connection = database.Read();
        var asOf = AsOf(connection, hourly);
        return connection.QuerySingleOrDefault<Wave>(
            _selectWave,
            new
            {
                campaignId,
                wave,
                asOf,
            }
        );
    }

    /// <summary>Ends the holds of a wave. Audited page by page; repeatable.</summary>
    public Task<Refusal?> ReleaseAsync(Campaign campaign, long wave, Actor actor, CancellationToken cancellation) =>
        DecideAsync(campaign, wave, "wave.release", detail: null, SignatureTransitions.Release, actor, cancellation);

    /// <summary>
    /// Invalidates the held signatures of a wave. Those that staff released stay. Audited page by
    /// page; repeatable. Refused with <c>approval-needed</c> for more than one member may
    /// invalidate alone: a bulk invalidation of the wave asks a second one.
    /// </summary>
    public async Task<Refusal?> InvalidateAsync(
        Campaign campaign,
        long wave,
        string reason,
        Actor actor,
        CancellationToken cancellation
    ) =>
        NeedsApproval(campaign.Id, wave)
            ? Refusal.ApprovalNeeded
            : await DecideAsync(
                campaign,
                wave,
                "wave.invalidate",
                reason,
                (write, row) => SignatureTransitions.Invalidate(write, row, reason),
                actor,
                cancellation
            );

    private async Task<Refusal?> DecideAsync(
        Campaign campaign,
        long wave,
        string action,
        string? detail,
        Action<WriteTransaction, SignatureRow> decide,
        Actor actor,
        CancellationToken cancellation
    )
    {
        if (Count(CountRows, campaign.Id, wave) == 0)
            return Refusal.NotFound;
        for (var after = 0L; FindHeld(campaign.Id, wave, after) is { Count: > 0 } ids; after = ids[^1])
        {
            await database.Writes.RunAsync(
                write =>
                {
                    var rows = SignatureRow
                        .Find(write, [.. ids.Select(id => (campaign.Id, id))])
                        .Values.Where(row => row.Wave == wave && row.Bucket == SignatureState.Held)
                        .ToList();
                    foreach (var row in rows)
                        decide(write, row);
                    if (rows.Count > 0)
                        actor.Audit(write, action, campaign.Slug, Ids.Text(wave), Detail(rows.Count, detail));
                    return true;
                },
                cancellation
            );
        }
        return null;
    }

    private static long AsOf(DbConnection connection, bool hourly) =>
        hourly ? HourlySnapshot.FindTakenAt(connection)?.ToUnixTimeMilliseconds() ?? 0 : long.MaxValue;

    private static string Detail(int signatures, string? reason) =>
        reason is null ? Plural.Count(signatures, "signature") : $"{Plural.Count(signatures, "signature")}: {reason}";

    // None of them is counted as confirmed.
    private bool NeedsApproval(long campaignId, long wave) =>
        InvalidationRules.NeedsApproval(
            new CoveredCount(Count(_countHeld, campaignId, wave), Confirmed: 0),
            started: new CoveredCount(0, 0),
            confirmed: 0,
            options.Value.Limits
        );

    private long Count(string sql, long campaignId, long wave)
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(sql, new { campaignId, wave });
    }

    private List<long> FindHeld(long campaignId, long wave, long after)
    {
        using var connection = database.Read();
        return connection
            .Query<long>(
                _selectHeld,
                new
                {
                    campaignId,
                    wave,
                    after,
                    Page,
                }
            )
            .AsList();
    }
}
