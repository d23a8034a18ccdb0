using Campaigns.Db.Caching;
using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Dapper;

namespace Campaigns.Db;

/// <summary>
/// Finds work that waits too long for a worker, for processes without a worker. The database is
/// read at most once a second.
/// </summary>
public sealed class StalledWorkMonitor(Database database, TimeProvider time)
{
    /// <summary>
    /// How long a letter may be due without a lease before it counts as stalled. This is longer
    /// than the longest pause after an outage (a minute) and than a lease that must expire. A
    /// letter that waits for its next try is not due.
    /// </summary>
    public static readonly TimeSpan StalledAfter = TimeSpan.FromMinutes(5);

    private const string LateLetters = $"""
        SELECT count(*) FROM (
            SELECT 1 FROM letters
            WHERE state = 'queued' AND due_at <= @free AND {Lease.IsFree}
            UNION ALL
            SELECT 1 FROM staff_letters
            WHERE state = 'queued' AND due_at <= @free AND {Lease.IsFree}
            LIMIT 1) AS late
        """;

    // One index lookup for each campaign, because the queue may be long.
    private const string Damaged = """
        SELECT slug,
            (SELECT count(*) FROM ledger_queue q WHERE q.campaign_id = c.id AND q.state = 'damaged') AS entries
        FROM campaigns c ORDER BY slug
        """;

    private readonly CachedValue<StalledWork> _stalled = new(() => Read(database, time), time, TimeSpan.FromSeconds(1));

    /// <summary>True when a letter has waited for longer than <see cref="StalledAfter"/>.</summary>
    public async ValueTask<bool> HasLateLetterAsync() => (await _stalled.GetAsync()).LateLetter;

    /// <summary>A sentence for each campaign with entries that are too damaged to seal.</summary>
    public async ValueTask<IReadOnlyList<string>> DamagedAsync() => (await _stalled.GetAsync()).Damaged;

    private static StalledWork Read(Database database, TimeProvider time)
    {
        using var connection = database.Read();
        return new StalledWork(
            connection.QuerySingle<long>(
                LateLetters,
                new { free = (time.UtcNow() - StalledAfter).ToUnixTimeMilliseconds() }
            ) > 0,
            [
                .. connection
                    .Query<DamagedRow>(Damaged)
                    .Where(row => row.Entries > 0)
                    .Select(row => SealingSuspensions.Damaged(row.Entries, row.Slug)),
            ]
        );
    }

    private sealed record StalledWork(bool LateLetter, IReadOnlyList<string> Damaged);

    private sealed class DamagedRow
    {
        public required string Slug { get; init; }
        public required long Entries { get; init; }
    }
}
