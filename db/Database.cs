using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Postgres;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Files;
using Campaigns.Db.Inspection;
using Campaigns.Db.Keys;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db;

/// <summary>
/// The open database of this process: migrated, with verified keys and a running writer.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>
    /// The file name of the embedded database, in the data folder and in a backup.
    /// </summary>
    public const string FileName = "campaign.db";

    /// <summary>The name of all meters of the product.</summary>
    public const string MeterName = "Campaign";

    /// <summary>The suffix of a copy until the restore renames it.</summary>
    internal const string Restoring = ".restoring";

    // Each database has its own meter, so that metrics of two databases in one process stay separate.
    private readonly Meter _meter;
    private readonly Counter<long> _reads;
    private readonly Dialect _dialect;
    private readonly IDisposable? _locks;

    internal Database(Dialect dialect, KeyRing keys, Journal journal, WriteQueue writes, IDisposable? locks)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _reads = _meter.CreateCounter<long>(
            "campaign.database.reads",
            description: "Read connections opened, by reader."
        );
        _meter.CreateObservableGauge(
            "campaign.queue.depth",
            () => writes.Waiting,
            description: "Requests that wait for the current batch to end."
        );
        _dialect = dialect;
        _locks = locks;
        Keys = keys;
        Journal = journal;
        Writes = writes;
    }

    public KeyRing Keys { get; }

    public Journal Journal { get; }

    public WriteQueue Writes { get; }

    /// <summary>Maximum age of cached values; null if this process sees every commit.</summary>
    internal TimeSpan? CacheLifetime => _dialect.CacheLifetime;

    internal Lease LeaseAt(DateTimeOffset now) => Lease.At(now, _dialect.ClockSkewAllowance);

    /// <summary>
    /// Opens a read-only connection. Dispose of it soon, because a long read keeps the write-ahead
    /// log from shrinking. Throws <see cref="StorageException"/> when the database cannot be
    /// reached.
    /// </summary>
    /// <param name="reader">The calling member, for the metric
    /// <c>campaign.database.reads</c>.</param>
    public DbConnection Read([CallerMemberName] string reader = "")
    {
        _reads.Add(1, new KeyValuePair<string, object?>("reader", reader));
        try
        {
            return _dialect.OpenForReading();
        }
        catch (Exception error) when (_dialect.IsDatabaseFailure(error))
        {
            throw new StorageException(error);
        }
    }

    /// <summary>Runs several reads in one snapshot.</summary>
    public T Snapshot<T>(Func<DbConnection, T> read, [CallerMemberName] string reader = "")
    {
        using var connection = Read(reader);
        connection.Execute(_dialect.BeginSnapshot);
        T value;
        try
        {
            value = read(connection);
        }
        catch
        {
            TryEnd(connection);
            throw;
        }
        End(connection);
        return value;
    }

    // End the transaction before the connection returns to its pool. Otherwise the next reader would see this snapshot.
    private static void End(DbConnection connection) => connection.Execute("ROLLBACK TRANSACTION");

    // The caller needs the first error. On a broken connection this call fails too, with a different error.
    private void TryEnd(DbConnection connection)
    {
        try
        {
            End(connection);
        }
        catch (Exception error) when (error is InvalidOperationException || _dialect.IsDatabaseFailure(error)) { }
    }

    /// <summary>This database as one that is only read.</summary>
    public InspectedDatabase Inspect() => new(_dialect, owns: false);

    /// <summary>Version, size and newest migration.</summary>
    public DatabaseStatus ReadStatus()
    {
        using var connection = Read();
        return connection.QuerySingle<DatabaseStatus>(
            $"""
            SELECT status.version, status.bytes, m.name AS migration, m.applied_at AS migrated_at
            FROM ({_dialect.SelectStatus}) AS status
            CROSS JOIN (SELECT name, applied_at FROM migrations ORDER BY name DESC LIMIT 1) AS m
            """
        );
    }

    /// <summary>
    /// Writes an existing value, so that the write reaches the disk. On a full disk a transaction
    /// without a change would succeed.
    /// </summary>
    public Task ProbeAsync(CancellationToken cancellation) =>
        Writes.RunAsync(write => write.Connection.Execute(_dialect.Probe, new { writer = write.Writer }), cancellation);

    /// <summary>
    /// Opens the database, migrates it and checks its keys. <paramref name="serving"/> is true for
    /// a long-running process. The embedded database has one such process; commands share the write
    /// lock with it. Throws <see cref="StartRefusedException"/> or
    /// <see cref="KeysRefusedException"/>. With <paramref name="withoutJournal"/> it opens although
    /// lines of the journal are lost, and remembers that (<see cref="Journals.JournalGap"/>).
    /// </summary>
    public static Database Open(
        DatabaseOptions options,
        string dataFolder,
        string keysFolder,
        TimeSpan oldTokensVerifyFor,
        bool serving,
        TimeProvider time,
        ILoggerFactory logs,
        bool withoutJournal = false
    )
    {
        PrivateFiles.CreateFolder(dataFolder);
        var folder = new DatabaseFolder(dataFolder, keysFolder, oldTokensVerifyFor, withoutJournal);
        return options.Provider switch
        {
            DatabaseOptions.Sqlite => SqliteStart.Open(options, folder, serving, time, logs),
            DatabaseOptions.Postgres => PostgresStart.Open(options, folder, time, logs),
            _ => throw new StartRefusedException(
                $"Database:Provider is '{options.Provider}'; "
                    + $"it can be '{DatabaseOptions.Sqlite}' or '{DatabaseOptions.Postgres}'."
            ),
        };
    }

    public async ValueTask DisposeAsync()
    {
        // Close SQLite's pooled readers first, so that the writer's connection closes last and its checkpoint runs
        // under the lock.
        if (_dialect is SqliteDialect embedded)
            embedded.CloseReaders();
        await Writes.DisposeAsync();
        _dialect.Dispose();
        Journal.Dispose();
        _meter.Dispose();
        _locks?.Dispose();
    }
}
