using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>The embedded database: one file, one writer at a time, concurrent readers.</summary>
public sealed class SqliteDialect : Dialect
{
    /// <summary>See <see cref="HasTable"/>, for a file that no dialect has open.</summary>
    internal const string SelectHasTable =
        "SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = @table";

    private readonly string _readers;
    private readonly string _writer;

    /// <param name="connectionString">In the format of Microsoft.Data.Sqlite.</param>
    /// <param name="readOnly">True to change nothing, not even the log, which the last reader would
    /// else write into the file.</param>
    public SqliteDialect(string connectionString, bool readOnly = false)
    {
        SqliteLibrary.SetUp();
        SqlMapping.Set();
        var builder = new SqliteConnectionStringBuilder(connectionString);
        File = builder.DataSource;
        // Readers also need read-write mode, because they map the WAL index. query_only prevents writes.
        _readers = new SqliteConnectionStringBuilder(connectionString)
        {
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
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
        // BEGIN IMMEDIATE already excludes other writers.
    }

    public override string Probe => "UPDATE key_checks SET check_value = check_value";

    public override string SelectStatus =>
        """
            SELECT sqlite_version() AS version,
                (SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size()) AS bytes
            """;

    public override string HasTable => SelectHasTable;

    // There is one writer at a time, so rows need no locks. Every row is a separate statement, so {batch} is empty.
    public override string Sql(string text) => Placeholders.Fill(text, (_, _) => "");

    public override void Migrate(DbConnection connection, Action migration)
    {
        // A savepoint works both alone and inside the caller's transaction, which rolls it back with the rest.
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
    /// Opens the write connection: WAL, every commit on disk before it is acknowledged, deleted
    /// data overwritten. The settings are verified, because SQLite silently ignores settings it
    /// cannot apply, and acknowledged signatures depend on them. Checkpoint replaces automatic
    /// checkpoints. The busy timeout covers other tools that open the file; our processes
    /// coordinate by write.lock. The cache (64 MB) holds the upper pages of the address index for
    /// millions of rows, because lookups hit that index at random.
    /// </summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(_writer);
        try
        {
            connection.Open();
            Execute(
                connection,
                """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = ON;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA temp_store = MEMORY;
                PRAGMA foreign_keys = OFF;
                PRAGMA busy_timeout = 10000;
                PRAGMA cache_size = -65536;
                """
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
    /// Closes the pooled readers, so that the writer's connection closes last and its checkpoint
    /// runs under the lock.
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
                $"{pragma} is {actual} and must be {expected}: this file system cannot store the database safely."
            );
    }
}
