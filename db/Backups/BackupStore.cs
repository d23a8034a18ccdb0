using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Campaigns.Db.Keys;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Backups;

/// <summary>
/// What a backup holds, written beside it: to be compared with what a restore finds.
/// </summary>
public sealed record BackupManifest(
    DateTimeOffset CreatedAt,
    string Sha256,
    IReadOnlyList<BackupCount> Signatures,
    IReadOnlyList<BackupLedger> Ledgers
);

/// <summary>Signature rows of a campaign and country by state.</summary>
public sealed record BackupCount(string Campaign, string Country, string State, long Rows);

public sealed record BackupLedger(string Campaign, long Size, string Root);

/// <summary>A backup or restore that cannot be done, with a line for the operator.</summary>
public sealed class BackupRefusedException(string message) : Exception(message);

/// <summary>
/// Copies the embedded database while it is in use and puts a copy back. Keys are never copied:
/// without them a backup opens nothing. The journal stays where it is, because it must outlive what
/// is restored.
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
        FROM signatures s JOIN campaigns c ON c.id = s.campaign_id GROUP BY c.slug, s.country, s.state ORDER BY c.slug, s.country, s.state
        """;

    private const string LedgerHeads = """
        SELECT c.slug AS campaign, h.size, h.root FROM ledger_heads h JOIN campaigns c ON c.id = h.campaign_id
        WHERE h.size = (SELECT max(size) FROM ledger_heads WHERE campaign_id = c.id) ORDER BY c.slug
        """;

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
    /// Makes the folder <paramref name="to"/> with a consistent copy and its manifest. It appears
    /// whole or not at all: written under a temporary name, checked, on disk, then renamed.
    /// </summary>
    public BackupManifest BackUp(Database database, string to)
    {
        if (options.Value.Provider != DatabaseOptions.Sqlite)
            throw new BackupRefusedException("PostgreSQL is backed up with its own tools (docs/operating.md).");
        if (Directory.Exists(to) || File.Exists(to))
            throw new BackupRefusedException("The place for the backup exists already.");
        var parent = Path.GetDirectoryName(Path.GetFullPath(to))!;
        var unfinished = Path.Combine(parent, $".{Path.GetFileName(to)}.unfinished-{Environment.ProcessId}");
        PrivateFiles.CreateFolder(unfinished);
        try
        {
            var copy = Path.Combine(unfinished, Database.FileName);
            // SQLite writes into an empty file it finds, so the copy is never readable by others.
            PrivateFiles.Open(copy, FileMode.CreateNew, FileAccess.Write).Dispose();
            using (var connection = database.Read())
            {
                // SQLite takes the copy for a write; the next to open this connection finds it closed for writing
                // again.
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
    /// Puts a backup in the place of the database, which is kept under another name. Refused while
    /// a server runs, when that database has moved, when the copy is not what its manifest says, or
    /// when the keys are not those of the backup. The next start replays the erasures since from
    /// the journal.
    /// </summary>
    public BackupManifest Restore(string from)
    {
        if (options.Value.Provider != DatabaseOptions.Sqlite || options.Value.ConnectionString is not null)
            throw new BackupRefusedException("Only the embedded database in the data folder can be restored.");
        var source = Path.Combine(from, Database.FileName);
        var manifestPath = Path.Combine(from, ManifestName);
        if (!File.Exists(source) || !File.Exists(manifestPath))
            throw new BackupRefusedException($"This is no backup: {Database.FileName} or {ManifestName} is missing.");
        var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(manifestPath), _json)
            ?? throw new BackupRefusedException("The backup's manifest is empty.");

        PrivateFiles.CreateFolder(DataFolder);
        using var serving = new FileLock(Path.Combine(DataFolder, "serve.lock"));
        if (!serving.TryAcquire())
            throw new BackupRefusedException("A Campaign server runs on this data folder. Stop it first.");

        using var writing = new FileLock(Path.Combine(DataFolder, "write.lock"));
        if (!writing.TryAcquire())
            throw new BackupRefusedException("Another command is writing to this database. Try again when it is done.");

        RefuseMoved();
        var unfinished = Path.Combine(DataFolder, Database.FileName + Database.Restoring);
        try
        {
            CopyChecked(source, unfinished, manifest);
        }
        catch
        {
            Delete(unfinished);
            throw;
        }
        // From here to the end of the move a crash leaves no database, and the copy, by which the next start knows and
        // refuses.
        PutAside();
        File.Move(unfinished, Path.Combine(DataFolder, Database.FileName));
        DirectoryFsync.Fsync(DataFolder);
        return manifest;
    }

    // Whatever is put in the place of a database that has moved would be served beside the new one.
    private void RefuseMoved()
    {
        var file = Path.Combine(DataFolder, Database.FileName);
        if (!File.Exists(file))
            return;
        try
        {
            // Closed for good with its pool, or whoever opens the database next in this process would read the file
            // that was put aside.
            using var dialect = new SqliteDialect($"Data Source={file}");
            using var connection = dialect.OpenForReading();
            if (!MigrationFence.WasMigrated(connection))
                return;
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is Corrupt or NotADatabase)
        {
            // What a restore is for.
            return;
        }
        throw new BackupRefusedException(
            "This database was moved to PostgreSQL: a backup in its place would begin a second history of each ledger. Restore the new side, with PostgreSQL's tools. Only if nobody was ever served by the new side, take the fence away first (docs/operating.md, Moving to PostgreSQL)."
        );
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
            throw new BackupRefusedException("The copy is not what its manifest says; nothing was changed.");
        using var dialect = new SqliteDialect($"Data Source={unfinished}");
        using (var connection = dialect.OpenForReading())
            KeyRing.Check(root.Resolve(keys.Value.Directory), connection);
    }

    private static void Delete(string copy)
    {
        foreach (var path in (string[])[copy, copy + "-wal", copy + "-shm"])
            File.Delete(path);
    }

    // The write-ahead log belongs to the database that goes: left behind it would be read into the one that comes.
    private void PutAside()
    {
        var aside = Path.Combine(
            DataFolder,
            "replaced-" + time.UtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
        );
        foreach (var path in _files.Select(name => Path.Combine(DataFolder, name)).Where(File.Exists))
        {
            PrivateFiles.CreateFolder(aside);
            File.Move(path, Path.Combine(aside, Path.GetFileName(path)));
        }
    }

    private BackupManifest Describe(string path)
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
