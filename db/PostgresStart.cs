using System.Data.Common;
using System.Net.Sockets;
using Campaigns.Db.Keys;
using Campaigns.Db.Writes;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Campaigns.Db;

/// <summary>
/// How a process comes to PostgreSQL, however many come at once: one of them migrates and makes the
/// keys, the others wait and find them.
/// </summary>
internal static class PostgresStart
{
    public static Database Open(DatabaseOptions options, DatabaseFolder folder, TimeProvider time, ILoggerFactory logs)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            throw new StartRefusedException(
                "Database:Provider is 'postgres', and Database:ConnectionString says nothing."
            );
        var dialect = Parse(options.ConnectionString);
        try
        {
            var keys = Migrate(dialect, options.ConnectionString, folder, time, logs.CreateLogger<Database>());
            var journal = folder.OpenJournal();
            var writer = new PostgresWriterSession(dialect, time, logs.CreateLogger<WriteQueue>());
            return new Database(
                dialect,
                keys,
                journal,
                new WriteQueue(dialect, writer, journal, keys, time, logs.CreateLogger<WriteQueue>()),
                locks: null
            );
        }
        catch (Exception error) when (error is NpgsqlException or SocketException or TimeoutException)
        {
            dialect.Dispose();
            // The server's own words may name a role or a host, never a signer: no row has been touched.
            throw new StartRefusedException($"PostgreSQL cannot be used: {error.Message}");
        }
        catch
        {
            dialect.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Waits until nobody else migrates. Ends with the transaction, as a pooler wants it.
    /// </summary>
    internal static void AcquireStartLock(DbConnection connection) =>
        connection.Execute("SELECT pg_advisory_xact_lock(4201964002)");

    /// <summary>
    /// A server may be told to acknowledge what is on no disk yet: acknowledged signatures hang on
    /// it.
    /// </summary>
    internal static void RequireDurable(DbConnection connection)
    {
        if (connection.QuerySingle<string>("SHOW synchronous_commit") == "off")
            throw new StartRefusedException(
                "The server's synchronous_commit is off: it would lose acknowledged signatures. Turn it on for this database."
            );
    }

    private static PostgresDialect Parse(string connectionString, bool patient = false)
    {
        try
        {
            return new PostgresDialect(connectionString, patient);
        }
        catch (ArgumentException)
        {
            // Not its message: a connection string holds a password.
            throw new StartRefusedException(
                "Database:ConnectionString cannot be read. It looks like Host=…;Database=…;Username=…;Password=…."
            );
        }
    }

    // One transaction: half a migration is none.
    private static KeyRing Migrate(
        PostgresDialect dialect,
        string connectionString,
        DatabaseFolder folder,
        TimeProvider time,
        ILogger log
    )
    {
        // However long it takes, and however long another process takes that came first: an index over millions of rows
        // is one command.
        using var patient = Parse(connectionString, patient: true);
        using var connection = patient.OpenForReading();
        using var transaction = connection.BeginTransaction();
        connection.Execute(PostgresWriteConnection.IdleTransactionTimeout);
        AcquireStartLock(connection);
        RequireDurable(connection);
        foreach (var name in Migrations.Run(connection, dialect, time.UtcNow()))
            log.LogInformation("Migrated: {Migration}", name);
        MigrationFence.Refuse(connection);
        var keys = KeyRing.Open(folder.Keys, connection, dialect, folder.OldTokensVerifyFor, time);
        transaction.Commit();
        log.LogInformation("PostgreSQL {Version}", connection.ServerVersion);
        return keys;
    }
}
