using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// The writer number of this process, owned by a lease. A process paused longer than its lease
/// loses its number and acquires a new one with its next batch. So two processes never make the
/// same id or change the same counter. Machine clocks must agree within
/// <see cref="ClockSkewAllowance"/>.
/// </summary>
internal sealed class WriterLease
{
    private const int Numbers = 1 << 10;

    private const string AcquireFree = $"""
        UPDATE writers SET owner = @owner, lease_until = @until
        WHERE number = (
            SELECT number FROM writers WHERE {Lease.IsFree} ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
          AND {Lease.IsFree}
        RETURNING number
        """;

    private const string AcquireNew = """
        INSERT INTO writers (number, owner, lease_until)
        SELECT COALESCE(max(number), -1) + 1, @owner, @until FROM writers
        HAVING COALESCE(max(number), -1) + 1 < @Numbers
        ON CONFLICT (number) DO NOTHING RETURNING number
        """;

    private const string RenewOwned =
        "UPDATE writers SET lease_until = @until WHERE number = @Number AND owner = @owner";

    // Each max(id) uses the order of a primary key, so that no table is scanned.
    private const string SelectNewestId = """
        SELECT max(id) FROM (
            SELECT (SELECT max(id) FROM signatures s WHERE s.campaign_id = c.id) AS id FROM campaigns c
            UNION ALL SELECT (SELECT max(id) FROM letters l WHERE l.campaign_id = c.id) FROM campaigns c
            UNION ALL SELECT (SELECT max(id) FROM ledger_queue q WHERE q.campaign_id = c.id) FROM campaigns c
            UNION ALL SELECT (SELECT max(id) FROM packets p WHERE p.campaign_id = c.id) FROM campaigns c
            UNION ALL SELECT max(id) FROM campaigns
            UNION ALL SELECT max(id) FROM staff
            UNION ALL SELECT max(id) FROM audit) AS newest
        """;

    private const string SelectOwned = "SELECT 1 FROM writers WHERE number = $1 AND owner = $2";

    /// <summary>
    /// The maximum difference between the clocks of two machines, and how long an expired lease is
    /// still respected.
    /// </summary>
    public static readonly TimeSpan ClockSkewAllowance = TimeSpan.FromSeconds(30);

    /// <summary>How often to renew the lease.</summary>
    public static readonly TimeSpan RenewEvery = Lease.Duration / 4;

    private const int RenewTimeoutSeconds = 10;

    private readonly string _owner = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly TimeProvider _time;

    private WriterLease(TimeProvider time) => _time = time;

    public int Number { get; private set; }

    /// <summary>
    /// The greatest id in the database when the number was acquired. A clock that was ahead may
    /// have made it, under any number; new ids must be greater.
    /// </summary>
    public long NewestId { get; private set; }

    /// <summary>Acquires the smallest free number.</summary>
    /// <exception cref="StartRefusedException">All numbers are in use.</exception>
    public static WriterLease Acquire(PostgresDialect dialect, TimeProvider time)
    {
        var lease = new WriterLease(time);
        using var connection = dialect.OpenForReading();
        // Two processes that start at once may try the same new number.
        for (var tries = 0; tries < 100; tries++)
        {
            var (until, free) = Lease.At(time.UtcNow(), ClockSkewAllowance);
            var row = new
            {
                owner = lease._owner,
                until,
                free,
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
            $"All {Numbers} writer numbers are in use. Each process has one; "
                + "the number of a process that ended is free a minute and a half later."
        );
    }

    /// <summary>Renews the lease. Returns false when another process owns the number.</summary>
    public bool Renew(PostgresDialect dialect)
    {
        // A short timeout, because signers wait behind this command.
        using var connection = dialect.OpenForReading();
        return connection.Execute(
                RenewOwned,
                new
                {
                    until = Lease.At(_time.UtcNow(), ClockSkewAllowance).Until,
                    Number,
                    owner = _owner,
                },
                commandTimeout: RenewTimeoutSeconds
            ) == 1;
    }

    /// <summary>Returns a query that gives a row while this process owns the number.</summary>
    public NpgsqlBatchCommand Check() =>
        new(SelectOwned)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = Number },
                new NpgsqlParameter<string> { TypedValue = _owner },
            },
        };
}
