using System.Data.Common;
using Campaigns.Db.Keys;
using Dapper;

namespace Campaigns.Db.PostgresMigration;

/// <summary>
/// The embedded database that is left. It is held in one write transaction, under the lock between
/// processes: nobody writes to it, so nothing that is acknowledged is missed; everybody goes on
/// reading. Disposing of it lets it go as it was; so does the death of this process.
/// </summary>
internal sealed class MigrationSource : IDisposable
{
    private const string FindFence = "SELECT set_at FROM fence";

    private const string PutFence = "INSERT INTO fence (id, state, set_at) VALUES (1, 'moved', @setAt)";

    private static readonly string[] _acts = ["INSERT", "UPDATE", "DELETE"];

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly FileLock _write;

    private MigrationSource(FileLock write, DbConnection connection, long? movedAt) =>
        (_write, Connection, MigratedAt) = (write, connection, movedAt);

    public DbConnection Connection { get; }

    /// <summary>
    /// The mark of the move that fenced it off for good; null while it may be served.
    /// </summary>
    public long? MigratedAt { get; private set; }

    /// <summary>
    /// Takes its turn at writing and keeps it. The keys must be the database's: whoever moves it
    /// with the wrong settings would notice too late.
    /// </summary>
    /// <exception cref="MigrationRefusedException">Somebody else is writing, and does not
    /// stop.</exception>
    /// <exception cref="KeysRefusedException">A key is missing or wrong.</exception>
    public static MigrationSource Lock(SqliteDialect dialect, string dataFolder, string keysFolder, DateTimeOffset now)
    {
        var write = new FileLock(Path.Combine(dataFolder, "write.lock"));
        DbConnection? connection = null;
        try
        {
            write.Acquire(_timeout);
            connection = dialect.OpenForWriting();
            connection.Execute("BEGIN IMMEDIATE");
            // Within, so that they are there with the fence or not at all: a server of an older version that serves on
            // after a refusal finds its own tables.
            Migrations.Run(connection, dialect, now);
            KeyRing.Check(keysFolder, connection);
            return new MigrationSource(write, connection, connection.QuerySingleOrDefault<long?>(FindFence));
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

    /// <summary>The greatest id it gave out.</summary>
    public long NewestId() => Connection.QuerySingle<long?>(SqliteStart.NewestId) ?? 0;

    /// <summary>
    /// From here on, on the disk, it is refused for good: also for a server of a version that knows
    /// of no fence and has the file open, whose writes the triggers refuse.
    /// </summary>
    public void Fence(long setAt, IEnumerable<CopiedTable> tables)
    {
        Connection.Execute(PutFence, new { setAt });
        foreach (var (table, act) in tables.SelectMany(table => _acts, (table, act) => (table.Name, act)))
            Connection.Execute(
                $"CREATE TRIGGER moved_{table}_{act} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'this database has moved'); END"
            );
        Connection.Execute("COMMIT TRANSACTION");
        MigratedAt = setAt;
    }

    public void Dispose()
    {
        // The connection first: what it may still write to the file it writes under the lock.
        Connection.Dispose();
        _write.Dispose();
    }
}
