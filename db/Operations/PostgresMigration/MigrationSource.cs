using System.Data.Common;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Files;
using Campaigns.Db.Journals;
using Campaigns.Db.Keys;
using Campaigns.Db.Schema;
using Dapper;

namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>
/// The embedded database to migrate. One write transaction and the lock between processes block all
/// writers, so no acknowledged change is missed; reads continue. Disposing of it or the end of the
/// process releases it unchanged.
/// </summary>
internal sealed class MigrationSource : IDisposable
{
    private const string FindFence = "SELECT set_at FROM fence";

    private const string PutFence = "INSERT INTO fence (id, state, set_at) VALUES (1, 'moved', @setAt)";

    private static readonly string[] _changes = ["INSERT", "UPDATE", "DELETE"];

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly FileLock _write;

    private MigrationSource(FileLock write, DbConnection connection, long? migratedAt) =>
        (_write, Connection, MigratedAt) = (write, connection, migratedAt);

    public DbConnection Connection { get; }

    /// <summary>
    /// The mark of the migration that fenced this database for good; null while it may be served.
    /// </summary>
    public long? MigratedAt { get; private set; }

    /// <summary>
    /// Acquires the write lock. The keys must be the database's own, so that wrong settings are
    /// noticed before the migration.
    /// </summary>
    /// <exception cref="MigrationRefusedException">Another command is writing and does not
    /// stop.</exception>
    /// <exception cref="KeysRefusedException">A key is missing or wrong.</exception>
    /// <exception cref="StartRefusedException">Lines of the journal are lost.</exception>
    public static MigrationSource Lock(SqliteDialect dialect, string dataFolder, string keysFolder, DateTimeOffset now)
    {
        var write = new FileLock(Path.Combine(dataFolder, "write.lock"));
        DbConnection? connection = null;
        try
        {
            write.Acquire(_timeout);
            connection = dialect.OpenForWriting();
            connection.Execute("BEGIN IMMEDIATE");
            // Migrate inside the transaction, so that a refusal rolls it back and a server of an older version finds
            // its own tables.
            Migrations.Run(connection, dialect, now);
            KeyRing.Check(keysFolder, connection);
            var migratedAt = connection.QuerySingleOrDefault<long?>(FindFence);
            // The new side gets what this one knows of the journal. A loss must be noticed before.
            if (migratedAt is null)
                JournalRegister.Check(connection, dataFolder, ownOnly: false, withoutJournal: false, now);
            return new MigrationSource(write, connection, migratedAt);
        }
        catch (Exception error)
        {
            connection?.Dispose();
            write.Dispose();
            if (error is TimeoutException)
                throw new MigrationRefusedException(
                    "Another command is writing to this database, perhaps another move. Try again when it is done."
                );
            throw;
        }
    }

    /// <summary>Returns the greatest id in this database.</summary>
    public long NewestId() => Connection.QuerySingle<long?>(SqliteStart.NewestId) ?? 0;

    /// <summary>
    /// Fences this database for good, durably. The triggers also refuse the writes of a running
    /// server whose version does not know the fence.
    /// </summary>
    public void SetFence(long setAt, IEnumerable<CopiedTable> tables)
    {
        Connection.Execute(PutFence, new { setAt });
        foreach (var (table, change) in tables.SelectMany(table => _changes, (table, change) => (table.Name, change)))
            Connection.Execute(
                $"""
                CREATE TRIGGER moved_{table}_{change} BEFORE {change} ON {table}
                BEGIN SELECT RAISE(ABORT, 'this database has moved'); END
                """
            );
        Connection.Execute("COMMIT TRANSACTION");
        MigratedAt = setAt;
    }

    public void Dispose()
    {
        // Close the connection first, because its last writes to the file must be under the lock.
        Connection.Dispose();
        _write.Dispose();
    }
}
