using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Campaigns.Db;

/// <summary>What SQLite and PostgreSQL cannot share. Everything else is one SQL text. PostgreSQL becomes a second subclass.</summary>
public abstract class Dialect
{
    /// <summary>The suffix of migrations that only this database runs: <c>0002_append_only.sqlite.sql</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The words that stand for <c>{id_key}</c> and <c>{blob}</c> in a migration.</summary>
    public abstract string IdKey { get; }

    public abstract string Blob { get; }

    public abstract DbConnection OpenForReading();

    public abstract DbConnection OpenForWriting();

    /// <summary>True when the database failed and not the statement: whoever tries next will fail the same way.</summary>
    public abstract bool IsOwnFailure(Exception exception);
}

/// <summary>The embedded database: one file, one writer at a time, readers beside it.</summary>
public sealed class SqliteDialect : Dialect
{
    private readonly string _readers;
    private readonly string _writer;

    public SqliteDialect(string connectionString)
    {
        SqliteLibrary.Choose();
        SqlMapping.Set();
        var builder = new SqliteConnectionStringBuilder(connectionString);
        File = builder.DataSource;
        // Read-write mode even for readers, because a reader of a WAL database maps its index; query_only keeps it from writing.
        _readers = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadWrite, Pooling = true }.ToString();
        _writer = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ToString();
    }

    public string File { get; }

    public static string LibraryVersion => SqliteLibrary.Version;

    public override string Name => "sqlite";

    public override string IdKey => "id INTEGER PRIMARY KEY";

    public override string Blob => "BLOB";

    public override DbConnection OpenForReading()
    {
        var connection = new SqliteConnection(_readers);
        connection.Open();
        Execute(connection, "PRAGMA query_only = 1; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;");
        return connection;
    }

    /// <summary>
    /// Opens the writing connection: WAL, every commit on disk before it is answered, deleted data overwritten. The settings are asserted,
    /// because SQLite ignores what it cannot do and acknowledged signatures hang on them. Checkpoints are ours (see WriteQueue). The wait for
    /// somebody else's lock is for whoever opens the file with other tools: our own processes take turns by write.lock. The cache (64 MB) holds
    /// the upper pages of the index of addresses, which is hit at random, for millions of rows.
    /// </summary>
    public override SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(_writer);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -65536;");
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
    public override bool IsOwnFailure(Exception exception) => exception is SqliteException { SqliteErrorCode: 5 or 7 or 8 or 10 or 11 or 13 or 14 or 26 } or IOException or TimeoutException;

    /// <summary>Closes pooled readers, so that the writer's connection is the last one to close and its checkpoint runs under the lock.</summary>
    public void CloseReaders()
    {
        using var any = new SqliteConnection(_readers);
        SqliteConnection.ClearPool(any);
    }

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
        if (actual != expected) throw new InvalidOperationException($"{pragma} is {actual} and must be {expected}: this file system cannot hold the database safely.");
    }
}
