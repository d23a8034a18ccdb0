using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Writes;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db;

/// <summary>A start that cannot go on, with a line for the operator; carries no personal data.</summary>
public sealed class StartRefusedException(string message) : Exception(message);

/// <summary>The open database of this process: migrated, its keys checked, its writer running.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The embedded database's file in the data folder, and in a backup.</summary>
    public const string FileName = "campaign.db";

    /// <summary>What a copy is called until it is the database.</summary>
    internal const string Restoring = ".restoring";

    // A clock that went back while nothing ran must not hand out an id twice.
    private const string NewestId = """
        SELECT max(id) FROM (SELECT max(id) AS id FROM signatures UNION ALL SELECT max(id) FROM letters UNION ALL SELECT max(id) FROM ledger_queue
            UNION ALL SELECT max(id) FROM packets UNION ALL SELECT max(id) FROM campaigns UNION ALL SELECT max(id) FROM staff UNION ALL SELECT max(id) FROM audit) AS newest
        """;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // A meter of its own, so that two databases in one process can be told apart.
    private readonly Meter _meter;
    private readonly Counter<long> _reads;
    private readonly SqliteDialect _dialect;
    private readonly FileLock _writeLock;
    private readonly FileLock? _serveLock;

    private Database(SqliteDialect dialect, FileLock writeLock, FileLock? serveLock, KeyRing keys, Journal journal, WriteQueue writes)
    {
        _meter = new Meter(new MeterOptions("Campaign") { Scope = this });
        _reads = _meter.CreateCounter<long>("campaign.database.reads", description: "Connections taken to read, by who reads.");
        _dialect = dialect;
        _writeLock = writeLock;
        _serveLock = serveLock;
        Keys = keys;
        Journal = journal;
        Writes = writes;
    }

    public KeyRing Keys { get; }

    public Journal Journal { get; }

    public WriteQueue Writes { get; }

    /// <summary>A connection that can only read. Dispose of it soon: a long read keeps the write-ahead log from shrinking.</summary>
    /// <param name="reader">The member that reads, for the metric <c>campaign.database.reads</c>.</param>
    public DbConnection Read([CallerMemberName] string reader = "")
    {
        _reads.Add(1, new KeyValuePair<string, object?>("reader", reader));
        return _dialect.OpenForReading();
    }

    /// <summary>Reads several things as of one moment.</summary>
    public T Snapshot<T>(Func<DbConnection, T> read, [CallerMemberName] string reader = "")
    {
        using var connection = Read(reader);
        connection.Execute("BEGIN TRANSACTION");
        try
        {
            return read(connection);
        }
        finally
        {
            // A connection goes back to its pool: with its transaction still open it would show this moment to the next reader.
            connection.Execute("ROLLBACK TRANSACTION");
        }
    }

    /// <summary>Writes what is there already, so that it reaches the disk: a transaction without a change succeeds on a full one.</summary>
    public Task ProbeAsync(CancellationToken cancellation) =>
        Writes.RunAsync(write => write.Connection.Execute("UPDATE key_checks SET check_value = check_value"), cancellation);

    /// <summary>
    /// Opens, migrates and checks. <paramref name="serving"/> takes the lock of the one long-running process; a command leaves it alone and
    /// takes its turns at writing beside it. Throws <see cref="StartRefusedException"/> or <see cref="KeysRefusedException"/>.
    /// </summary>
    public static Database Open(DatabaseOptions options, string dataFolder, string keysFolder, TimeSpan oldTokensVerifyFor, bool serving, TimeProvider time, ILoggerFactory logs)
    {
        if (options.Provider != DatabaseOptions.Sqlite)
            throw new StartRefusedException($"Database:Provider is '{options.Provider}', but this version runs on 'sqlite' only; PostgreSQL comes later.");
        OwnerOnly.CreateFolder(dataFolder);

        FileLock? serveLock = null;
        if (serving)
        {
            serveLock = new FileLock(Path.Combine(dataFolder, "serve.lock"));
            if (!serveLock.TryTake())
            {
                serveLock.Dispose();
                throw new StartRefusedException("Another Campaign server runs on this data folder. One SQLite file has one server; several need PostgreSQL.");
            }
        }

        var dialect = new SqliteDialect(options.ConnectionString ?? $"Data Source={Path.Combine(dataFolder, FileName)}");
        if (!File.Exists(dialect.File) && File.Exists(dialect.File + Restoring))
        {
            serveLock?.Dispose();
            throw new StartRefusedException("A restore was cut off half way. Run it again: an empty database would take the place of yours.");
        }
        // Made here and empty, so that SQLite gives its side files the same narrow permissions.
        if (!File.Exists(dialect.File)) OwnerOnly.Open(dialect.File, FileMode.CreateNew, FileAccess.Write).Dispose();
        var writeLock = new FileLock(Path.Combine(dataFolder, "write.lock"));
        var log = logs.CreateLogger<Database>();
        KeyRing keys;
        long newestId;
        writeLock.Take(_patience);
        try
        {
            using var connection = dialect.OpenForWriting();
            foreach (var name in Migrations.Run(connection, dialect, time.UtcNow())) log.LogInformation("Migrated: {Migration}", name);
            keys = KeyRing.Open(keysFolder, connection, dialect.OpenForReading, oldTokensVerifyFor, time);
            newestId = connection.QuerySingle<long?>(NewestId) ?? 0;
            if (serving)
            {
                // Nobody else serves this file, so whatever a dead process had leased is free.
                connection.Execute("UPDATE letters SET lease_until = NULL WHERE lease_until IS NOT NULL");
                connection.Execute("UPDATE packets SET lease_until = NULL WHERE lease_until IS NOT NULL");
            }
        }
        catch
        {
            serveLock?.Dispose();
            throw;
        }
        finally
        {
            writeLock.Release();
        }
        log.LogInformation("SQLite {Version}", SqliteDialect.LibraryVersion);
        var journal = new Journal(Path.Combine(dataFolder, "journal.jsonl"));
        // Commands run beside a server: another writer number keeps their ids apart.
        var writes = new WriteQueue(dialect, writeLock, journal, keys, serving ? 0 : 1, newestId, time, logs.CreateLogger<WriteQueue>());
        return new Database(dialect, writeLock, serveLock, keys, journal, writes);
    }

    public async ValueTask DisposeAsync()
    {
        _dialect.CloseReaders();
        await Writes.DisposeAsync();
        Journal.Dispose();
        _meter.Dispose();
        _writeLock.Dispose();
        _serveLock?.Dispose();
    }
}

/// <summary>How rows become records: <c>confirmed_at</c> fills <c>ConfirmedAt</c>.</summary>
internal static class SqlMapping
{
    public static void Set() => DefaultTypeMap.MatchNamesWithUnderscores = true;
}
