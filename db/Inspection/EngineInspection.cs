using Campaigns.Db.Schema;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>Reads what the database engine says about itself.</summary>
public sealed class EngineInspection(InspectedDatabase database)
{
    // Slots of standbys and archives keep segments until they are read.
    private const string RetainedLog = """
        SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0) FROM pg_replication_slots
        """;

    private const string Checksums = """
        SELECT current_setting('data_checksums') = 'on' AS enabled, coalesce(checksum_failures, 0) AS failures
        FROM pg_stat_database WHERE datname = current_database()
        """;

    public bool IsEmbedded => database.File is not null;

    /// <summary>The version of the SQLite library or of the PostgreSQL server.</summary>
    public string Version()
    {
        using var connection = database.Read();
        return connection.QuerySingle<string>($"SELECT version FROM ({database.Dialect.SelectStatus}) AS status");
    }

    /// <summary>
    /// PostgreSQL only: the settings without which a commit is acknowledged before it is on disk,
    /// as far as they are off.
    /// </summary>
    public IReadOnlyList<string> FindUnsafeSettings()
    {
        using var connection = database.Read();
        return
        [
            .. ((string[])["synchronous_commit", "fsync", "full_page_writes"]).Where(setting =>
                connection.QuerySingle<string>($"SHOW {setting}") == "off"
            ),
        ];
    }

    public SchemaState Schema()
    {
        using var connection = database.Read();
        var applied = connection.Query<string>("SELECT name FROM migrations ORDER BY name").ToList();
        var known = Migrations.Names(database.Dialect).ToList();
        return new SchemaState(applied.LastOrDefault(), [.. known.Except(applied)], [.. applied.Except(known)]);
    }

    /// <summary>Reads every page of the embedded database; the first fault, or null.</summary>
    public string? FindDamage()
    {
        using var connection = database.Read();
        var found = connection.QueryFirst<string>("PRAGMA quick_check(1)");
        return found == "ok" ? null : "quick_check found damage";
    }

    /// <summary>PostgreSQL only: pages whose checksum was wrong; null without checksums.</summary>
    public long? ChecksumFailures()
    {
        using var connection = database.Read();
        var row = connection.QuerySingle<ChecksumRow>(Checksums);
        return row.Enabled ? row.Failures : null;
    }

    /// <summary>
    /// The size of the embedded database's log, or of the log that PostgreSQL retains for slots.
    /// </summary>
    public long LogBytes()
    {
        if (database.File is { } file)
            return new FileInfo(file + "-wal") is { Exists: true } log ? log.Length : 0;
        using var connection = database.Read();
        return (long)connection.QuerySingle<decimal>(RetainedLog);
    }

    public long Bytes()
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>($"SELECT bytes FROM ({database.Dialect.SelectStatus}) AS status");
    }

    /// <summary>The clock of PostgreSQL; null for the embedded database.</summary>
    public DateTimeOffset? Now()
    {
        if (IsEmbedded)
            return null;
        using var connection = database.Read();
        var milliseconds = connection.QuerySingle<long>(
            "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"
        );
        return Instant.FromMilliseconds(milliseconds);
    }

    /// <summary>When a server last trusted its clock; null in a new database.</summary>
    public DateTimeOffset? LastSeen()
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<DateTimeOffset?>("SELECT seen_at FROM clock WHERE id = 1");
    }

    private sealed class ChecksumRow
    {
        public required bool Enabled { get; init; }
        public required long Failures { get; init; }
    }
}
