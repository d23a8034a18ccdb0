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
    // A killed worker's job is taken over that late; a living worker renews its own.
    private static readonly TimeSpan _invisibility = TimeSpan.FromMinutes(1);

    // Locks are held for milliseconds; one this old belongs to a process that was killed or stopped.
    private static readonly TimeSpan _staleLock = TimeSpan.FromSeconds(10);

    // The installer looks at "schema" alone, and creates nothing where that is there.
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

    // Notifications wake workers at once; the poll is for those that are lost.
    private static readonly TimeSpan _poll = TimeSpan.FromSeconds(1);

    private string ConnectionString =>
        JobDatabase.ConnectionString(
            jobs.Value.ConnectionString is { Length: > 0 } own ? own : database.Value.ConnectionString
        );

    public JobStorage Open()
    {
        // The configuration sets the log provider, and has to come before anything that logs.
        configuration.SetDataCompatibilityLevel(CompatibilityLevel.Version_180);
        return jobs.Value.Storage == JobsOptions.Postgres ? OpenPostgres() : OpenMemory();
    }

    /// <summary>
    /// Creates the board's tables again where one of them was dropped. The memory of
    /// a process needs no repair.
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
            // A database that is away at the start is no reason to wait here: the first use tries again.
            StartupConnectionMaxRetries = 1,
        };
        var connections = new NpgsqlConnectionFactory(ConnectionString, options);
        return new PostgreSqlStorage(connections, options);
    }
}
