using System.Data.Common;
using System.Net.Sockets;
using Campaigns.Db.Journals;
using Campaigns.Db.Keys;
using Campaigns.Db.Schema;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// Opens PostgreSQL for a process. When several processes start at once, one migrates and makes the
/// keys; the others wait.
/// </summary>
internal static class PostgresStart
{
    /// <summary>
    /// Operators base alarms on this id: do not change it (docs/operating.md).
    /// </summary>
    public static readonly EventId JournalBegun = new(3009, nameof(JournalBegun));

    public static Database Open(DatabaseOptions options, DatabaseFolder folder, TimeProvider time, ILoggerFactory logs)
    {
        var dialect = Parse(options);
        try
        {
            var (keys, checkedJournal) = Migrate(
                dialect,
                options.ConnectionString!,
                folder,
                time,
                logs.CreateLogger<Database>()
            );
            var journal = checkedJournal.Open();
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
            // The server's message may name a role or a host, but no signer: no row has been read or written yet.
            throw new StartRefusedException($"PostgreSQL cannot be used: {error.Message}");
        }
        catch
        {
            dialect.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Waits until no other process migrates. The lock ends with the transaction, because a pooler
    /// allows no session locks.
    /// </summary>
    internal static void AcquireStartLock(DbConnection connection) =>
        connection.Execute("SELECT pg_advisory_xact_lock(4201964002)");

    /// <summary>
    /// Refuses a server that acknowledges commits before they are on disk, because it could lose
    /// acknowledged signatures.
    /// </summary>
    internal static void RequireDurable(DbConnection connection)
    {
        if (connection.QuerySingle<string>("SHOW synchronous_commit") == "off")
            throw new StartRefusedException(
                "The server's synchronous_commit is off: it would lose acknowledged signatures. "
                    + "Turn it on for this database."
            );
    }

    /// <summary>
    /// Throws <see cref="StartRefusedException"/> when there is no connection string, or it cannot
    /// be read.
    /// </summary>
    internal static PostgresDialect Parse(DatabaseOptions options) =>
        string.IsNullOrWhiteSpace(options.ConnectionString)
            ? throw new StartRefusedException(
                "Database:Provider is 'postgres', but Database:ConnectionString is empty."
            )
            : Parse(options.ConnectionString);

    private static PostgresDialect Parse(string connectionString, bool noCommandTimeout = false)
    {
        try
        {
            return new PostgresDialect(connectionString, noCommandTimeout);
        }
        catch (ArgumentException)
        {
            // The exception's message is left out, because it may quote a password.
            throw new StartRefusedException(
                "Database:ConnectionString cannot be read. " + "Its form is Host=…;Database=…;Username=…;Password=…."
            );
        }
    }

    // One transaction, so that a failed migration leaves nothing behind.
    private static (KeyRing Keys, CheckedJournal Journal) Migrate(
        PostgresDialect dialect,
        string connectionString,
        DatabaseFolder folder,
        TimeProvider time,
        ILogger log
    )
    {
        // No timeout: creating an index over millions of rows is one command, and another process may be migrating
        // first.
        using var unlimited = Parse(connectionString, noCommandTimeout: true);
        using var connection = unlimited.OpenForReading();
        using var transaction = connection.BeginTransaction();
        connection.Execute(PostgresWriteConnection.IdleTransactionTimeout);
        AcquireStartLock(connection);
        RequireDurable(connection);
        foreach (var name in Migrations.Run(connection, dialect, time.UtcNow()))
            log.LogInformation("Migrated: {Migration}", name);
        MigrationFence.ThrowIfFenced(connection);
        var keys = KeyRing.Open(folder.Keys, connection, dialect, folder.OldTokensVerifyFor, time);
        var journal = JournalRegister.Check(
            connection,
            folder.Data,
            ownOnly: true,
            folder.WithoutJournal,
            time.UtcNow()
        );
        transaction.Commit();
        if (journal.IsNew)
            log.LogWarning(
                JournalBegun,
                "This machine is new to the database and begins a journal. If it is not new, its data folder was lost: "
                    + "see docs/operating.md (The journal)."
            );
        log.LogInformation("PostgreSQL {Version}", connection.ServerVersion);
        return (keys, journal);
    }
}
