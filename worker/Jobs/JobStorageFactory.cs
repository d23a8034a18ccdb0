using Campaigns.Db;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Jobs;

/// <summary>Opens the storage of the job board, and creates it again after it was lost.</summary>
internal sealed class JobStorageFactory(
    IOptions<JobsOptions> jobs,
    IOptions<DatabaseOptions> database,
    IGlobalConfiguration configuration
)
{
    // Another worker acquires a killed worker's job after this time; a running worker renews its claim.
    private static readonly TimeSpan _invisibility = TimeSpan.FromMinutes(1);

    // Locks last milliseconds. A lock of this age belongs to a process that was killed or paused.
    private static readonly TimeSpan _staleLock = TimeSpan.FromSeconds(10);

    // The installer checks only "schema" and creates nothing if that table exists.
    private static readonly string[] _tables =
    [
        "schema",
        "aggregatedcounter",
        "counter",
        "hash",
        "job",
        "jobparameter",
        "jobqueue",
        "list",
        "lock",
        "server",
        "set",
        "state",
    ];

    // Notifications wake workers at once; the poll covers lost notifications.
    private static readonly TimeSpan _poll = TimeSpan.FromSeconds(1);

    private string ConnectionString =>
        JobDatabase.ConnectionString(
            jobs.Value.ConnectionString is { Length: > 0 } own ? own : database.Value.ConnectionString
        );

    public JobStorage Open()
    {
        // The configuration sets the log provider, so it must come before the first log line.
        configuration.SetDataCompatibilityLevel(CompatibilityLevel.Version_180);
        return jobs.Value.Storage == JobsOptions.Postgres ? OpenPostgres() : OpenMemory();
    }

    /// <summary>
    /// Creates the board's tables again if one of them was dropped. A board in memory needs no
    /// repair.
    /// </summary>
    public void Repair()
    {
        if (jobs.Value.Storage != JobsOptions.Postgres)
            return;
        JobDatabase.DropDamagedBoard(ConnectionString, _tables);
        OpenPostgres();
    }

    private static InMemoryStorage OpenMemory() =>
        new(new InMemoryStorageOptions { IdType = InMemoryStorageIdType.Long, MaxExpirationTime = JobHistory.Longest });

    private PostgreSqlStorage OpenPostgres()
    {
        var options = new PostgreSqlStorageOptions
        {
            SchemaName = JobDatabase.Schema,
            EnableLongPolling = true,
            QueuePollInterval = _poll,
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = _invisibility,
            DistributedLockTimeout = _staleLock,
            // An unreachable database must not delay the start; the first use connects again.
            StartupConnectionMaxRetries = 1,
        };
        var connections = new NpgsqlConnectionFactory(ConnectionString, options);
        return new PostgreSqlStorage(connections, options);
    }
}
