using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Campaigns.Db;

/// <summary>The embedded database: one file, one writer at a time, readers beside it.</summary>
public sealed class SqliteDialect : Dialect
{
    private readonly string _readers;
    private readonly string _writer;

    public SqliteDialect(string connectionString)
    {
        SqliteLibrary.SetUp();
        SqlMapping.Set();
        var builder = new SqliteConnectionStringBuilder(connectionString);
        File = builder.DataSource;
        // Read-write mode even for readers, because a reader of a WAL database maps its index; query_only keeps it from
        // writing.
        _readers = new SqliteConnectionStringBuilder(connectionString)
        {
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = true,
        }.ToString();
        _writer = new SqliteConnectionStringBuilder(connectionString)
        {
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
        }.ToString();
    }

    public string File { get; }

    public static string LibraryVersion => SqliteLibrary.Version;

    public override string Name => "sqlite";

    public override string IdKey => "id INTEGER PRIMARY KEY";

    public override string Blob => "BLOB";

    public override string BeginSnapshot => "BEGIN TRANSACTION";

    public override TimeSpan? CacheLifetime => null;

    public override TimeSpan ClockSkewAllowance => TimeSpan.Zero;

    public override void AcquireExclusiveBatchLock(DbConnection connection)
    {
        // BEGIN IMMEDIATE has done it.
    }

    public override string Probe => "UPDATE key_checks SET check_value = check_value";

    // One writer at a time: there is nobody to hold a row against, and every row is a statement of its own.
    public override string Sql(string text) => Placeholders.Fill(text, (_, _) => "");

    public override void Migrate(DbConnection connection, Action migration)
    {
        // A transaction of its own, or a part of the caller's, which takes it back with the rest.
        Execute((SqliteConnection)connection, "SAVEPOINT migration");
        migration();
        Execute((SqliteConnection)connection, "RELEASE SAVEPOINT migration");
    }

    public override DbConnection OpenForReading()
    {
        var connection = new SqliteConnection(_readers);
        connection.Open();
        Execute(connection, "PRAGMA query_only = 1; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;");
        return connection;
    }

    /// <summary>
    /// Opens the writing connection: WAL, every commit on disk before it is answered, deleted data
    /// overwritten. The settings are asserted, because SQLite ignores what it cannot do and
    /// acknowledged signatures hang on them. Checkpoints are ours (see Checkpoint). The wait for
    /// somebody else's lock is for whoever opens the file with other tools: our own processes take
    /// turns by write.lock. The cache (64 MB) holds the upper pages of the index of addresses,
    /// which is hit at random, for millions of rows.
    /// </summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(_writer);
        try
        {
            connection.Open();
            Execute(
                connection,
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -65536;"
            );
            Require(connection, "PRAGMA journal_mode", "wal");
            Require(connection, "PRAGMA synchronous", "2");
            Require(connection, "PRAGMA secure_delete", "1");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLITE_BUSY, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB.
    public override bool IsDatabaseFailure(Exception exception) =>
        exception
            is SqliteException { SqliteErrorCode: 5 or 7 or 8 or 10 or 11 or 13 or 14 or 26 }
                or IOException
                or TimeoutException;

    public override bool IsTransient(Exception exception) => false;

    /// <summary>
    /// Closes pooled readers, so that the writer's connection is the last one to close and its
    /// checkpoint runs under the lock.
    /// </summary>
    public void CloseReaders()
    {
        using var any = new SqliteConnection(_readers);
        SqliteConnection.ClearPool(any);
    }

    public override void Dispose() => CloseReaders();

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Require(SqliteConnection connection, string pragma, string expected)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragma;
        var actual = Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        if (actual != expected)
            throw new InvalidOperationException(
                $"{pragma} is {actual} and must be {expected}: this file system cannot hold the database safely."
            );
    }
}
