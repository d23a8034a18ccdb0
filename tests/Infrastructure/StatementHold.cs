using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A change of a row that does not end until its test lets it go: for processes that are
/// killed or paused in the middle of a transaction. A trigger holds it. In PostgreSQL it waits
/// for a lock, and goes on when it is let go. In SQLite it computes without end, so its
/// process must have been killed by then.
/// </summary>
internal sealed class StatementHold : IAsyncDisposable
{
    private const int Busy = 5;

    private static int _count;

    private readonly DbConnection _connection;
    private readonly int _number = Interlocked.Increment(ref _count);

    private StatementHold(DbConnection connection) => _connection = connection;

    // The transactions that are held, or were and have not ended.
    private string Waiting =>
        $"""
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = {_number}
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;

    private string Name => string.Create(CultureInfo.InvariantCulture, $"hold_{_number}");

    /// <summary>
    /// Holds each <paramref name="change"/>, INSERT or UPDATE, of a row of that table for which
    /// <paramref name="when"/> is true; it names the row as <c>NEW</c>.
    /// </summary>
    public static StatementHold On(string data, string table, string change, string when)
    {
        var hold = new StatementHold(DatabaseUnderTest.Open(data));
        // A process that was paused here keeps its lock for a while: the lock is shared, so no other waits for it.
        hold._connection.Execute(
            DatabaseUnderTest.IsPostgres
                ? $"""
                SELECT pg_advisory_lock({hold._number});
                CREATE FUNCTION {hold.Name}() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN PERFORM pg_advisory_xact_lock_shared({hold._number}); RETURN NEW; END $$;
                CREATE TRIGGER {hold.Name} BEFORE {change} ON {table} FOR EACH ROW WHEN ({when})
                    EXECUTE FUNCTION {hold.Name}()
                """
                : $"""
                CREATE TRIGGER {hold.Name} BEFORE {change} ON {table} WHEN {when} BEGIN
                    SELECT count(*) FROM sqlite_schema a, sqlite_schema b, sqlite_schema c, sqlite_schema d,
                        sqlite_schema e, sqlite_schema f, sqlite_schema g WHERE a.rootpage + g.rootpage < 0;
                END
                """
        );
        return hold;
    }

    /// <summary>
    /// Waits until a process is held here, and returns its application name, which
    /// it has in PostgreSQL alone.
    /// </summary>
    public async Task<string> ReachedAsync(string otherwise, int seconds = 120)
    {
        string? name = null;
        await CampaignServer.UntilAsync(
            async () =>
            {
                name =
                    DatabaseUnderTest.IsPostgres ? await FindWaitingAsync()
                    : IsLocked() ? ""
                    : null;
                return name is not null;
            },
            otherwise,
            seconds
        );
        return name!;
    }

    /// <summary>
    /// Lets go, and waits until the transactions that were held have ended: PostgreSQL finishes the
    /// statement of a process that was killed before it finds that the process is gone.
    /// </summary>
    public async Task EndAsync()
    {
        if (DatabaseUnderTest.IsPostgres)
        {
            await _connection.ExecuteAsync("SELECT pg_advisory_unlock_all()");
            await CampaignServer.UntilAsync(
                async () => await _connection.QuerySingleAsync<long>($"SELECT count(*) {Waiting}") == 0,
                "a held transaction does not end"
            );
        }
        await DisposeAsync();
    }

    /// <summary>Lets go of what is held, and of everything that comes later.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!DatabaseUnderTest.IsPostgres && _connection.State == System.Data.ConnectionState.Open)
            await _connection.ExecuteAsync($"PRAGMA busy_timeout = 10000; DROP TRIGGER {Name}");
        await _connection.DisposeAsync();
    }

    private Task<string?> FindWaitingAsync() =>
        _connection.QueryFirstOrDefaultAsync<string?>($"SELECT a.application_name {Waiting} AND NOT l.granted");

    // No transaction of the product is open for a second, unless it is held.
    private bool IsLocked()
    {
        try
        {
            _connection.Execute("PRAGMA busy_timeout = 0");
            _connection.Execute("BEGIN IMMEDIATE", commandTimeout: 1);
            _connection.Execute("ROLLBACK");
            return false;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == Busy)
        {
            return true;
        }
    }
}
