using System.Data.Common;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Writes;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db;

/// <summary>
/// A start that cannot go on, with a line for the operator; carries no personal data.
/// </summary>
public sealed class StartRefusedException(string message) : Exception(message);

/// <summary>
/// The open database of this process: migrated, its keys checked, its writer running.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The embedded database's file in the data folder, and in a backup.</summary>
    public const string FileName = "campaign.db";

    /// <summary>What a copy is called until it is the database.</summary>
    internal const string Restoring = ".restoring";

    // A meter of its own, so that two databases in one process can be told apart.
    private readonly Meter _meter;
    private readonly Counter<long> _reads;
    private readonly Dialect _dialect;
    private readonly IDisposable? _locks;

    internal Database(Dialect dialect, KeyRing keys, Journal journal, WriteQueue writes, IDisposable? locks)
    {
        _meter = new Meter(new MeterOptions("Campaign") { Scope = this });
        _reads = _meter.CreateCounter<long>(
            "campaign.database.reads",
            description: "Connections taken to read, by who reads."
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

    /// <summary>
    /// How old what is held in memory may be; null where this process hears of every commit.
    /// </summary>
    internal TimeSpan? CacheLifetime => _dialect.CacheLifetime;

    /// <summary>A lease that ended by then may be taken over.</summary>
    internal long LeaseExpiryCutoff(DateTimeOffset now) => (now - _dialect.ClockSkewAllowance).ToUnixTimeMilliseconds();

    /// <summary>
    /// A connection that only reads. Dispose of it soon: a long read keeps the write-ahead log from
    /// shrinking. Throws <see cref="StorageException"/> when the database cannot be reached.
    /// </summary>
    /// <param name="reader">The member that reads, for the metric
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

    /// <summary>Reads several things as of one moment.</summary>
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

    // A connection goes back to its pool: with its transaction still open it would show this moment to the next reader.
    private static void End(DbConnection connection) => connection.Execute("ROLLBACK TRANSACTION");

    // What failed first is what the caller has to know; on a connection that broke, this fails too, and in other words.
    private void TryEnd(DbConnection connection)
    {
        try
        {
            End(connection);
        }
        catch (Exception error) when (error is InvalidOperationException || _dialect.IsDatabaseFailure(error)) { }
    }

    /// <summary>
    /// Writes what is there already, so that it reaches the disk: a transaction without a change
    /// succeeds on a full one.
    /// </summary>
    public Task ProbeAsync(CancellationToken cancellation) =>
        Writes.RunAsync(write => write.Connection.Execute(_dialect.Probe, new { writer = write.Writer }), cancellation);

    /// <summary>
    /// Opens, migrates and checks. <paramref name="serving"/>: a process that runs for long; of the
    /// embedded database there is one, and a command takes its turns at writing beside it. Throws
    /// <see cref="StartRefusedException"/> or <see cref="KeysRefusedException"/>.
    /// </summary>
    public static Database Open(
        DatabaseOptions options,
        string dataFolder,
        string keysFolder,
        TimeSpan oldTokensVerifyFor,
        bool serving,
        TimeProvider time,
        ILoggerFactory logs
    )
    {
        PrivateFiles.CreateFolder(dataFolder);
        var folder = new DatabaseFolder(dataFolder, keysFolder, oldTokensVerifyFor);
        return options.Provider switch
        {
            DatabaseOptions.Sqlite => SqliteStart.Open(options, folder, serving, time, logs),
            DatabaseOptions.Postgres => PostgresStart.Open(options, folder, time, logs),
            _ => throw new StartRefusedException(
                $"Database:Provider is '{options.Provider}'; it can be '{DatabaseOptions.Sqlite}' or '{DatabaseOptions.Postgres}'."
            ),
        };
    }

    public async ValueTask DisposeAsync()
    {
        // SQLite's pooled readers first: the writer's connection is the last one to close, and its checkpoint runs
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

/// <summary>What of a database lies in files.</summary>
/// <param name="Data">The journal, and the embedded database itself.</param>
/// <param name="Keys">The keys.</param>
/// <param name="OldTokensVerifyFor">See <see cref="KeysOptions"/>.</param>
internal sealed record DatabaseFolder(string Data, string Keys, TimeSpan OldTokensVerifyFor)
{
    public Journal OpenJournal() => new(Data);
}

/// <summary>How rows become records: <c>confirmed_at</c> fills <c>ConfirmedAt</c>.</summary>
internal static class SqlMapping
{
    public static void Set() => DefaultTypeMap.MatchNamesWithUnderscores = true;
}
