using System.Data.Common;
using Dapper;
using Npgsql;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// A PostgreSQL server, or several servers with one primary. It serves more than one machine.
/// </summary>
public sealed class PostgresDialect : Dialect
{
    // A read sees another process's commit within the promised second.
    private static readonly TimeSpan _cacheLifetime = TimeSpan.FromMilliseconds(500);

    // Classes: connection, resources, operator intervention, system, internal. 25006: a server that only reads, such as
    // a standby. 25P03: the server ended a transaction in which this process was paused.
    private static readonly string[] _databaseFailures = ["08", "53", "57", "58", "XX", "25006", "25P03"];

    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writers;

    /// <param name="connectionString">In Npgsql's format. It may name several hosts; the primary is
    /// used.</param>
    /// <param name="noCommandTimeout">Disables the command timeout, for work on whole
    /// tables.</param>
    public PostgresDialect(string connectionString, bool noCommandTimeout = false)
    {
        SqlMapping.Set();
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // No session state outlives a transaction, so a returned connection needs no reset.
            NoResetOnClose = true,
            // The server's error details quote the refused row, which is personal data.
            IncludeErrorDetail = false,
        };
        if (noCommandTimeout)
            settings.CommandTimeout = 0;
        if (!IsSet(given, "Application Name"))
            settings.ApplicationName = "campaign";
        // An unreachable host must not delay the switch to its standby.
        if (!IsSet(given, "Timeout"))
            settings.Timeout = 5;
        if (!IsSet(given, "Host Recheck Seconds"))
            settings.HostRecheckSeconds = 1;
        _readers = Build(settings, "readers");
        // The writer runs the same few texts all the time. Readers have long texts that never repeat, and the driver
        // would cache a hundred of them for each connection.
        if (!IsSet(given, "Max Auto Prepare"))
            settings.MaxAutoPrepare = 100;
        _writers = Build(settings, "writers");
    }

    public override string Name => "postgres";

    public override string IdKey => "id bigint NOT NULL, PRIMARY KEY (campaign_id, id)";

    public override string Blob => "bytea";

    public override string BeginSnapshot => "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

    public override TimeSpan? CacheLifetime => _cacheLifetime;

    public override TimeSpan ClockSkewAllowance => WriterLease.ClockSkewAllowance;

    /// <summary>The advisory lock that every batch shares.</summary>
    internal const long BatchLock = 4_201_964_001;

    public override void AcquireExclusiveBatchLock(DbConnection connection) =>
        connection.Execute("SELECT pg_advisory_xact_lock(@BatchLock)", new { BatchLock });

    // Each writer probes its own row, so probes do not wait for each other.
    public override string Probe => "UPDATE writers SET owner = owner WHERE number = @writer";

    public override string SelectStatus =>
        "SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes";

    public override string HasTable => "SELECT to_regclass(@table) IS NOT NULL";

    public override string Sql(string text) => Placeholders.Fill(text, Word);

    // All migrations run in the one transaction of the start.
    public override void Migrate(DbConnection connection, Action migration) => migration();

    public override DbConnection OpenForReading() => _readers.OpenConnection();

    /// <summary>
    /// Opens a connection for the writer, or for work that only PostgreSQL can do.
    /// </summary>
    internal NpgsqlConnection Open() => _writers.OpenConnection();

    public override bool IsDatabaseFailure(Exception exception) =>
        exception switch
        {
            PostgresException { SqlState: var state } => _databaseFailures.Any(one =>
                state.StartsWith(one, StringComparison.Ordinal)
            ),
            NpgsqlException or IOException or TimeoutException => true,
            _ => false,
        };

    public override bool IsTransient(Exception exception) =>
        exception
            is PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
        };

    public override void Dispose()
    {
        _readers.Dispose();
        _writers.Dispose();
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings, string name)
    {
        // Without a name the driver's metrics carry the connection string.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name };
        return settings.Host?.Contains(',', StringComparison.Ordinal) == true
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.Build();
    }

    private static bool IsSet(DbConnectionStringBuilder given, string keyword) =>
        given.ContainsKey(keyword) || given.ContainsKey(keyword.Replace(" ", "", StringComparison.Ordinal));

    private static string Word(string name, string table)
    {
        var of = table.Length > 0 ? $" OF {table}" : "";
        return name switch
        {
            "for_update" => $" FOR UPDATE{of}",
            "for_update_skip_locked" => $" FOR UPDATE{of} SKIP LOCKED",
            "for_key_share" => $" FOR KEY SHARE{of}",
            "for_no_key_update_skip_locked" => $" FOR NO KEY UPDATE{of} SKIP LOCKED",
            "for_no_key_update" => $" FOR NO KEY UPDATE{of}",
            // PostgresText fills this, because it depends on the number of rows.
            "batch" => Placeholders.Batch,
            _ => throw new ArgumentException($"Unknown placeholder {{{name}}}.", nameof(name)),
        };
    }
}
