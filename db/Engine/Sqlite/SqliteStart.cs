using Campaigns.Db.Files;
using Campaigns.Db.Journals;
using Campaigns.Db.Keys;
using Campaigns.Db.Schema;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// Opens the embedded database for the one server, or for a command that runs beside it.
/// </summary>
internal static class SqliteStart
{
    // New ids must be greater than these, even if the clock went back while no process ran.
    internal const string NewestId = """
        SELECT max(id) FROM (
            SELECT max(id) AS id FROM signatures
            UNION ALL SELECT max(id) FROM letters
            UNION ALL SELECT max(id) FROM subscribers
            UNION ALL SELECT max(id) FROM ledger_queue
            UNION ALL SELECT max(id) FROM packets
            UNION ALL SELECT max(id) FROM campaigns
            UNION ALL SELECT max(id) FROM staff
            UNION ALL SELECT max(id) FROM audit) AS newest
        """;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    public static Database Open(
        DatabaseOptions options,
        DatabaseFolder folder,
        bool serving,
        TimeProvider time,
        ILoggerFactory logs
    )
    {
        var locks = new Locks(folder.Data);
        try
        {
            if (serving && !locks.Serve())
                throw new StartRefusedException(
                    "Another Campaign server runs on this data folder. "
                        + "One SQLite file has one server; several need PostgreSQL."
                );
            return Open(options, folder, locks, serving, time, logs);
        }
        catch
        {
            locks.Dispose();
            throw;
        }
    }

    private static Database Open(
        DatabaseOptions options,
        DatabaseFolder folder,
        Locks locks,
        bool serving,
        TimeProvider time,
        ILoggerFactory logs
    )
    {
        var dialect = new SqliteDialect(
            options.ConnectionString ?? $"Data Source={Path.Combine(folder.Data, Database.FileName)}"
        );
        if (!File.Exists(dialect.File) && File.Exists(dialect.File + Database.Restoring))
            throw new StartRefusedException(
                "A restore was interrupted. Run it again: otherwise an empty database would replace yours."
            );
        // Create the empty file here, so that SQLite gives its side files the same narrow permissions.
        if (!File.Exists(dialect.File))
            PrivateFiles.Open(dialect.File, FileMode.CreateNew, FileAccess.Write).Dispose();
        var log = logs.CreateLogger<Database>();
        KeyRing keys;
        CheckedJournal checkedJournal;
        long newestId;
        locks.Write.Acquire(_timeout);
        try
        {
            using var connection = dialect.OpenForWriting();
            foreach (var name in Migrations.Run(connection, dialect, time.UtcNow()))
                log.LogInformation("Migrated: {Migration}", name);
            MigrationFence.ThrowIfFenced(connection);
            keys = KeyRing.Open(folder.Keys, connection, dialect, folder.OldTokensVerifyFor, time);
            // The data folder is the machine of this database, so every file that the database knows belongs here.
            connection.Execute("BEGIN IMMEDIATE");
            checkedJournal = JournalRegister.Check(
                connection,
                folder.Data,
                ownOnly: false,
                folder.WithoutJournal,
                time.UtcNow()
            );
            connection.Execute("COMMIT TRANSACTION");
            newestId = connection.QuerySingle<long?>(NewestId) ?? 0;
            if (serving)
            {
                // No other server uses this file, so leases left by a dead process are free.
                connection.Execute($"UPDATE letters SET {Lease.End} WHERE lease_until IS NOT NULL");
                connection.Execute($"UPDATE update_letters SET {Lease.End} WHERE lease_until IS NOT NULL");
                connection.Execute($"UPDATE packets SET {Lease.End} WHERE lease_until IS NOT NULL");
                connection.Execute($"UPDATE invalidations SET {Lease.End} WHERE lease_until IS NOT NULL");
            }
        }
        finally
        {
            locks.Write.Release();
        }
        log.LogInformation("SQLite {Version}", SqliteDialect.LibraryVersion);
        var journal = checkedJournal.Open();
        // Commands run beside a server; a different writer number keeps their ids distinct.
        var writer = new SqliteWriterSession(
            dialect,
            locks.Write,
            serving ? 0 : 1,
            newestId,
            time,
            logs.CreateLogger<WriteQueue>()
        );
        return new Database(
            dialect,
            keys,
            journal,
            new WriteQueue(dialect, writer, journal, keys, time, logs.CreateLogger<WriteQueue>()),
            locks
        );
    }

    private sealed class Locks(string folder) : IDisposable
    {
        private FileLock? _serve;

        public FileLock Write { get; } = new(Path.Combine(folder, "write.lock"));

        /// <summary>Acquires the lock of the one server, for the life of the process.</summary>
        public bool Serve() => (_serve = new FileLock(Path.Combine(folder, "serve.lock"))).TryAcquire();

        public void Dispose()
        {
            Write.Dispose();
            _serve?.Dispose();
        }
    }
}
