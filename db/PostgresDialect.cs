using System.Data.Common;
using Campaigns.Db.Writes;
using Dapper;
using Npgsql;

namespace Campaigns.Db;

/// <summary>
/// A PostgreSQL server, or several of which one is the primary: for more than one machine.
/// </summary>
public sealed class PostgresDialect : Dialect
{
    // Whoever asks right after somebody else's commit sees it within the second that is promised.
    private static readonly TimeSpan _cacheLifetime = TimeSpan.FromMilliseconds(500);

    // Connection, resources, operator, system, internal; a server that only reads, such as a standby; and one that
    // ended a transaction in which this process stood still.
    private static readonly string[] _ownFailures = ["08", "53", "57", "58", "XX", "25006", "25P03"];

    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writers;

    /// <param name="connectionString">As Npgsql reads it. Several hosts may be named; whichever is
    /// the primary is used.</param>
    /// <param name="patient">No command has an end: for what works on whole tables.</param>
    public PostgresDialect(string connectionString, bool patient = false)
    {
        SqlMapping.Set();
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // Nothing outlives a transaction here, so there is nothing to reset when a connection goes back.
            NoResetOnClose = true,
            // What the server says of a refused row quotes it.
            IncludeErrorDetail = false,
        };
        if (patient)
            settings.CommandTimeout = 0;
        if (!Names(given, "Application Name"))
            settings.ApplicationName = "campaign";
        // A host that is gone without a word must not keep the writer from its standby.
        if (!Names(given, "Timeout"))
            settings.Timeout = 5;
        if (!Names(given, "Host Recheck Seconds"))
            settings.HostRecheckSeconds = 1;
        _readers = Build(settings);
        // A writer runs the same few texts all the time. Readers have long ones that are never the same again, and the
        // driver would keep a hundred of them for each connection.
        if (!Names(given, "Max Auto Prepare"))
            settings.MaxAutoPrepare = 100;
        _writers = Build(settings);
    }

    public override string Name => "postgres";

    public override string IdKey => "id bigint NOT NULL, PRIMARY KEY (campaign_id, id)";

    public override string Blob => "bytea";

    public override string BeginSnapshot => "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

    public override TimeSpan? CacheLifetime => _cacheLifetime;

    public override TimeSpan ClockSkewAllowance => WriterLease.ClockSkewAllowance;

    /// <summary>Every batch holds it together with the others.</summary>
    internal const long BatchLock = 4_201_964_001;

    public override void AcquireExclusiveBatchLock(DbConnection connection) =>
        connection.Execute("SELECT pg_advisory_xact_lock(@BatchLock)", new { BatchLock });

    // Its own row: nobody waits for anybody's probe.
    public override string Probe => "UPDATE writers SET owner = owner WHERE number = @writer";

    public override string Sql(string text) => Placeholders.Fill(text, Word);

    // All of them are in the one transaction of the start.
    public override void Migrate(DbConnection connection, Action migration) => migration();

    public override DbConnection OpenForReading() => _readers.OpenConnection();

    /// <summary>A connection for the writer, and for what only this database can do.</summary>
    internal NpgsqlConnection Open() => _writers.OpenConnection();

    public override bool IsDatabaseFailure(Exception exception) =>
        exception switch
        {
            PostgresException { SqlState: var state } => _ownFailures.Any(one =>
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

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        return settings.Host?.Contains(',', StringComparison.Ordinal) == true
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.Build();
    }

    private static bool Names(DbConnectionStringBuilder given, string keyword) =>
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
            // Filled when it is known whether there are many rows.
            "rows" => Placeholders.Batch,
            _ => throw new ArgumentException($"No dialect knows {{{name}}}.", nameof(name)),
        };
    }
}
