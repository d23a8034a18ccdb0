using Dapper;
using Npgsql;

namespace Campaigns.Db.Writes;

/// <summary>
/// The number this process writes under, held by a lease. Whoever stands still for longer than the
/// lease finds in its next batch that the number is somebody else's, and takes another: two
/// processes never make the same id nor move the same counter. Machines must agree on the time
/// within <see cref="ClockSkewAllowance"/>.
/// </summary>
internal sealed class WriterLease
{
    private const int Numbers = 1 << 10;

    private static readonly TimeSpan _lasts = TimeSpan.FromSeconds(60);

    private const string AcquireFree = """
        UPDATE writers SET owner = @owner, lease_until = @until
        WHERE number = (SELECT number FROM writers WHERE lease_until < @free ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED) AND lease_until < @free
        RETURNING number
        """;

    private const string AcquireNew = """
        INSERT INTO writers (number, owner, lease_until) SELECT COALESCE(max(number), -1) + 1, @owner, @until FROM writers HAVING COALESCE(max(number), -1) + 1 < @Numbers
        ON CONFLICT (number) DO NOTHING RETURNING number
        """;

    private const string Prolong = "UPDATE writers SET lease_until = @until WHERE number = @Number AND owner = @owner";

    // By each key's own order, so that no table is read through.
    private const string SelectNewestId = """
        SELECT max(id) FROM (
            SELECT (SELECT max(id) FROM signatures s WHERE s.campaign_id = c.id) AS id FROM campaigns c
            UNION ALL SELECT (SELECT max(id) FROM letters l WHERE l.campaign_id = c.id) FROM campaigns c
            UNION ALL SELECT (SELECT max(id) FROM ledger_queue q WHERE q.campaign_id = c.id) FROM campaigns c
            UNION ALL SELECT (SELECT max(id) FROM packets p WHERE p.campaign_id = c.id) FROM campaigns c
            UNION ALL SELECT max(id) FROM campaigns UNION ALL SELECT max(id) FROM staff UNION ALL SELECT max(id) FROM audit) AS newest
        """;

    private const string IsHeld = "SELECT 1 FROM writers WHERE number = $1 AND owner = $2";

    /// <summary>
    /// How far the clocks of two machines may be apart, and how long after its end a lease is left
    /// alone.
    /// </summary>
    public static readonly TimeSpan ClockSkewAllowance = TimeSpan.FromSeconds(30);

    /// <summary>How often it is to be renewed.</summary>
    public static readonly TimeSpan RenewEvery = _lasts / 4;

    // Seconds.
    private const int RenewTimeout = 10;

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly TimeProvider _time;

    private WriterLease(TimeProvider time) => _time = time;

    public int Number { get; private set; }

    /// <summary>
    /// The greatest id in the database when the number was taken. A clock that was ahead may have
    /// made it, under any number: ids made under this one have to be greater.
    /// </summary>
    public long NewestId { get; private set; }

    /// <summary>Takes the smallest number that is free.</summary>
    /// <exception cref="StartRefusedException">All numbers are held.</exception>
    public static WriterLease Acquire(PostgresDialect dialect, TimeProvider time)
    {
        var lease = new WriterLease(time);
        using var connection = dialect.OpenForReading();
        // Two that start at once may reach for the same new number.
        for (var tries = 0; tries < 100; tries++)
        {
            var now = time.UtcNow();
            var row = new
            {
                owner = lease._owner,
                until = (now + _lasts).ToUnixTimeMilliseconds(),
                free = (now - ClockSkewAllowance).ToUnixTimeMilliseconds(),
                Numbers,
            };
            if (
                (
                    connection.QuerySingleOrDefault<int?>(AcquireFree, row)
                    ?? connection.QuerySingleOrDefault<int?>(AcquireNew, row)
                )
                is not { } number
            )
                continue;
            lease.Number = number;
            lease.NewestId = connection.QuerySingle<long?>(SelectNewestId) ?? 0;
            return lease;
        }
        throw new StartRefusedException(
            $"All {Numbers} writer numbers are held. Each process has one; those of processes that ended are free a minute and a half later."
        );
    }

    /// <summary>Keeps the number; false when it is somebody else's.</summary>
    public bool Renew(PostgresDialect dialect)
    {
        // Not for as long as other commands: people wait behind it.
        using var connection = dialect.OpenForReading();
        return connection.Execute(
                Prolong,
                new
                {
                    until = (_time.UtcNow() + _lasts).ToUnixTimeMilliseconds(),
                    Number,
                    owner = _owner,
                },
                commandTimeout: RenewTimeout
            ) == 1;
    }

    /// <summary>Answers a row while the number is this process's.</summary>
    public NpgsqlBatchCommand Check() =>
        new(IsHeld)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = Number },
                new NpgsqlParameter<string> { TypedValue = _owner },
            },
        };
}
