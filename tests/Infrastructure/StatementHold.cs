using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Blocks a change of a row until the test releases it: for processes that are killed or paused in
/// the middle of a transaction. A trigger blocks it. In PostgreSQL the trigger waits for a lock. In
/// SQLite it computes without end, so the process must be killed before the release.
/// </summary>
internal sealed class StatementHold : IAsyncDisposable
{
    private const int Busy = 5;

    private static int _count;

    private readonly DbConnection _connection;
    private readonly int _number = Interlocked.Increment(ref _count);

    private StatementHold(DbConnection connection) => _connection = connection;

    // The transactions that are blocked, or were blocked and have not ended.
    private string Waiting =>
        $"""
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = {_number}
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;

    private string Name => string.Create(CultureInfo.InvariantCulture, $"hold_{_number}");

    /// <summary>
    /// Blocks each <paramref name="change"/>, INSERT or UPDATE, of a row of that table for which
    /// <paramref name="when"/> is true; the condition refers to the row as <c>NEW</c>.
    /// </summary>
    public static StatementHold On(string data, string table, string change, string when)
    {
        var hold = new StatementHold(DatabaseUnderTest.Open(data));
        // The lock is shared, because a process that was paused here holds it for a while and must not block
        // others.
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
    /// Waits until a process is blocked here, and returns its application name, which is empty on
    /// SQLite.
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
    /// Releases the statement and waits until the blocked transactions have ended. PostgreSQL
    /// finishes the statement of a killed process before it detects that the process is gone.
    /// </summary>
    public async Task EndAsync()
    {
        if (DatabaseUnderTest.IsPostgres)
        {
            await _connection.ExecuteAsync("SELECT pg_advisory_unlock_all()");
            await CampaignServer.UntilAsync(
                async () => await _connection.QuerySingleAsync<long>($"SELECT count(*) {Waiting}") == 0,
                "a blocked transaction does not end"
            );
        }
        await DisposeAsync();
    }

    /// <summary>Releases what is blocked, and blocks nothing further.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!DatabaseUnderTest.IsPostgres && _connection.State == System.Data.ConnectionState.Open)
            await _connection.ExecuteAsync($"PRAGMA busy_timeout = 10000; DROP TRIGGER {Name}");
        await _connection.DisposeAsync();
    }

    private Task<string?> FindWaitingAsync() =>
        _connection.QueryFirstOrDefaultAsync<string?>($"SELECT a.application_name {Waiting} AND NOT l.granted");

    // No transaction of the product lasts a second unless it is blocked.
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
