using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Campaigns.Db.Sendings;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Operations;

/// <summary>Signature rows of a campaign and country by state.</summary>
public sealed record BackupCount(string Campaign, string Country, string State, long Rows);

public sealed record BackupLedger(string Campaign, long Size, string Root);

/// <summary>
/// Copies the embedded database while it is in use, and restores a copy. Keys are never copied, and
/// without them a backup cannot be decrypted. The journal stays in place, because it must outlive a
/// restore.
/// </summary>
public sealed class BackupStore(
    IOptions<DataOptions> data,
    IOptions<KeysOptions> keys,
    IOptions<DatabaseOptions> options,
    InstallationRoot root,
    TimeProvider time
)
{
    public const string ManifestName = "backup.json";

    private const string CountRows = """
        SELECT c.slug AS campaign, s.country, s.state, count(*) AS rows
        FROM signatures s JOIN campaigns c ON c.id = s.campaign_id
        GROUP BY c.slug, s.country, s.state
        ORDER BY c.slug, s.country, s.state
        """;

    private const string LedgerHeads = """
        SELECT c.slug AS campaign, h.size, h.root FROM ledger_heads h JOIN campaigns c ON c.id = h.campaign_id
        WHERE h.size = (SELECT max(size) FROM ledger_heads WHERE campaign_id = c.id) ORDER BY c.slug
        """;

    // A restored copy of a migrated database would be served beside the new one.
    private const string Migrated =
        "This database was moved to PostgreSQL: a backup in its place would begin a second history of each ledger. "
        + "Restore the new side, with PostgreSQL's tools. Only if the new side never served a request, "
        + "take the fence away first (docs/operating.md, Moving to PostgreSQL).";

    private const int Corrupt = 11;

    private const int NotADatabase = 26;

    private static readonly string[] _files =
    [
        Database.FileName,
        Database.FileName + "-wal",
        Database.FileName + "-shm",
    ];
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private string DataFolder => root.Resolve(data.Value.Directory);

    /// <summary>
    /// Creates the folder <paramref name="to"/> with a consistent copy and its manifest. The folder
    /// appears complete or not at all: it is written under a temporary name, checked, flushed and
    /// renamed.
    /// </summary>
    public BackupManifest BackUp(Database database, string to)
    {
        if (options.Value.Provider != DatabaseOptions.Sqlite)
            throw new BackupRefusedException("PostgreSQL is backed up with its own tools (docs/operating.md).");
        if (Directory.Exists(to) || File.Exists(to))
            throw new BackupRefusedException("The backup folder exists already.");
        var parent = Path.GetDirectoryName(Path.GetFullPath(to))!;
        var unfinished = Path.Combine(parent, $".{Path.GetFileName(to)}.unfinished-{Environment.ProcessId}");
        PrivateFiles.CreateFolder(unfinished);
        try
        {
            var copy = Path.Combine(unfinished, Database.FileName);
            // SQLite writes into an existing empty file, so the copy is private from the start.
            PrivateFiles.Open(copy, FileMode.CreateNew, FileAccess.Write).Dispose();
            using (var connection = database.Read())
            {
                // SQLite treats VACUUM INTO as a write. The next use of this pooled connection sets query_only again.
                connection.Execute("PRAGMA query_only = 0");
                connection.Execute("VACUUM INTO @copy", new { copy });
            }
            var manifest = Describe(copy);
            Flush(copy);
            using (
                var file = PrivateFiles.Open(
                    Path.Combine(unfinished, ManifestName),
                    FileMode.CreateNew,
                    FileAccess.Write
                )
            )
            {
                JsonSerializer.Serialize(file, manifest, _json);
                file.Flush(flushToDisk: true);
            }
            DirectoryFsync.Fsync(unfinished);
            Directory.Move(unfinished, to);
            DirectoryFsync.Fsync(parent);
            return manifest;
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }
    }

    /// <summary>
    /// Replaces the database with a backup and keeps the old one under another name. Refuses while
    /// a server runs, when the database was migrated, when the copy does not match its manifest, or
    /// when the keys differ. Also refuses without the journal, from which the next start replays
    /// what people ended since the backup, unless <paramref name="withoutJournal"/>.
    /// </summary>
    public BackupManifest Restore(string from, bool withoutJournal = false)
    {
        if (options.Value.Provider != DatabaseOptions.Sqlite || options.Value.ConnectionString is not null)
            throw new BackupRefusedException("Only the embedded database in the data folder can be restored.");
        var source = Path.Combine(from, Database.FileName);
        var manifestPath = Path.Combine(from, ManifestName);
        if (!File.Exists(source) || !File.Exists(manifestPath))
            throw new BackupRefusedException(
                $"This is not a backup: {Database.FileName} or {ManifestName} is missing."
            );
        var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(manifestPath), _json)
            ?? throw new BackupRefusedException("The backup's manifest is empty.");

        PrivateFiles.CreateFolder(DataFolder);
        using var serving = new FileLock(Path.Combine(DataFolder, "serve.lock"));
        if (!serving.TryAcquire())
            throw new BackupRefusedException("A Campaign server runs on this data folder. Stop it first.");

        using var writing = new FileLock(Path.Combine(DataFolder, "write.lock"));
        if (!writing.TryAcquire())
            throw new BackupRefusedException("Another command is writing to this database. Try again when it is done.");

        if (ReadReplaced(MigrationFence.WasMigrated))
            throw new BackupRefusedException(Migrated);
        var named = ReadReplaced(replaced => RestoredJournal.NamedByReplaced(replaced, manifest.CreatedAt)) ?? [];
        var unfinished = Path.Combine(DataFolder, Database.FileName + Database.Restoring);
        try
        {
            CopyChecked(source, unfinished, manifest);
            RestoredJournal.Check(unfinished, named, DataFolder, withoutJournal, time.UtcNow());
            PauseSendings(unfinished);
        }
        catch
        {
            Delete(unfinished);
            throw;
        }
        // If the process crashes before the rename below, there is a copy but no database; the next start detects this
        // and refuses.
        QuarantineFiles();
        File.Move(unfinished, Path.Combine(DataFolder, Database.FileName));
        DirectoryFsync.Fsync(DataFolder);
        return manifest;
    }

    // Default if there is none, or if it cannot be read: restoring over a damaged database is allowed.
    private T? ReadReplaced<T>(Func<DbConnection, T> read)
    {
        var file = Path.Combine(DataFolder, Database.FileName);
        if (!File.Exists(file))
            return default;
        try
        {
            // Disposing of the dialect also closes the pool. A pooled connection would still read the replaced file.
            using var dialect = new SqliteDialect($"Data Source={file}");
            using var connection = dialect.OpenForReading();
            return read(connection);
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is Corrupt or NotADatabase)
        {
            return default;
        }
    }

    private void CopyChecked(string source, string unfinished, BackupManifest manifest)
    {
        Delete(unfinished);
        using (var target = PrivateFiles.Open(unfinished, FileMode.CreateNew, FileAccess.Write))
        using (var content = File.OpenRead(source))
        {
            content.CopyTo(target);
            target.Flush(flushToDisk: true);
        }
        var found = Describe(unfinished);
        if (
            found.Sha256 != manifest.Sha256
            || !found.Signatures.SequenceEqual(manifest.Signatures)
            || !found.Ledgers.SequenceEqual(manifest.Ledgers)
        )
            throw new BackupRefusedException("The copy does not match its manifest; nothing was changed.");
        using var dialect = new SqliteDialect($"Data Source={unfinished}");
        using (var connection = dialect.OpenForReading())
            KeyRing.Check(root.Resolve(keys.Value.Directory), connection);
    }

    private static void PauseSendings(string copy)
    {
        using var dialect = new SqliteDialect($"Data Source={copy}");
        using var connection = dialect.OpenForWriting();
        RestoredSendings.Pause(connection);
    }

    private static void Delete(string copy)
    {
        foreach (var path in (string[])[copy, copy + "-wal", copy + "-shm"])
            File.Delete(path);
    }

    // The write-ahead log moves with its database. If it stayed, SQLite would apply it to the restored one.
    private void QuarantineFiles()
    {
        var quarantine = Path.Combine(
            DataFolder,
            "replaced-" + time.UtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
        );
        foreach (var path in _files.Select(name => Path.Combine(DataFolder, name)).Where(File.Exists))
        {
            PrivateFiles.CreateFolder(quarantine);
            File.Move(path, Path.Combine(quarantine, Path.GetFileName(path)));
        }
    }

    private BackupManifest Describe(string path)
    {
        try
        {
            return Read(path);
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new BackupRefusedException("The copy is damaged.");
        }
    }

    private BackupManifest Read(string path)
    {
        using var dialect = new SqliteDialect($"Data Source={path}");
        List<BackupCount> counts;
        List<BackupLedger> ledgers;
        using (var connection = dialect.OpenForReading())
        {
            if (connection.QuerySingle<string>("PRAGMA integrity_check") != "ok")
                throw new BackupRefusedException("The copy is damaged.");
            counts =
            [
                .. connection
                    .Query<CountRow>(CountRows)
                    .Select(row => new BackupCount(row.Campaign, row.Country, row.State, row.Rows)),
            ];
            ledgers =
            [
                .. connection
                    .Query<LedgerRow>(LedgerHeads)
                    .Select(row => new BackupLedger(row.Campaign, row.Size, row.Root)),
            ];
        }
        using var file = File.OpenRead(path);
        return new BackupManifest(time.UtcNow(), Convert.ToHexStringLower(SHA256.HashData(file)), counts, ledgers);
    }

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private sealed class CountRow
    {
        public required string Campaign { get; init; }
        public required string Country { get; init; }
        public required string State { get; init; }
        public required long Rows { get; init; }
    }

    private sealed class LedgerRow
    {
        public required string Campaign { get; init; }
        public required long Size { get; init; }
        public required string Root { get; init; }
    }
}
