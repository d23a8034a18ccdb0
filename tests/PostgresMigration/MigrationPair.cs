using System.Data.Common;
using Campaigns.Db;
using Campaigns.Db.Engine.Postgres;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Operations.PostgresMigration;
using Campaigns.Db.Schema;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// A data folder with an embedded database to migrate from, and a PostgreSQL database to migrate
/// to, which is the folder's database under test.
/// </summary>
internal sealed class MigrationPair : IAsyncDisposable
{
    public const string Slug = "chechnya-2019";

    public string Folder { get; } = Directory.CreateTempSubdirectory("campaign-move-").FullName;

    /// <summary>The connection string of the PostgreSQL side.</summary>
    public string Target =>
        DatabaseUnderTest.Settings(Folder).GetValueOrDefault("Database:ConnectionString")
        ?? throw new InvalidOperationException(
            "These tests need CAMPAIGN_TEST_DATABASE=postgres (./test --database postgres)."
        );

    /// <summary>
    /// Settings of a server on the SQLite side; without them it serves from PostgreSQL.
    /// </summary>
    public string[] Old => ["--Database:Provider=sqlite", $"--Database:ConnectionString={OldFile}"];

    public static MigrationPair Make() => new();

    private string OldFile => $"Data Source={Path.Combine(Folder, Database.FileName)}";

    /// <summary>
    /// Serves the SQLite side once, with a confirmed and sealed signature, and stops.
    /// </summary>
    public async Task<MigrationPair> WithCampaignAsync()
    {
        await using var server = await CampaignServer.StartAsync(Folder, Old);
        await server.OpenCampaignAsync(Slug);
        await server.SignAndConfirmAsync(Slug, CampaignServer.Signature("kari@example.org"));
        await CampaignServer.UntilAsync(
            async () => (long)(await server.GetJsonAsync($"/api/campaigns/{Slug}/ledger/head"))["size"]! == 1,
            "no entry is sealed"
        );
        return this;
    }

    /// <summary>Runs the command to its end, beside a running server if there is one.</summary>
    public Task<(int Code, string Output, string Errors)> RunMoveAsync(string? to = null) =>
        CampaignProcess.RunAsync(MoveArguments(to ?? Target));

    /// <summary>Starts the command, to be killed.</summary>
    public CampaignProcess BeginMove() => CampaignProcess.Begin(MoveArguments(Target));

    /// <summary>
    /// Migrates in this process, which must not serve the folder: its own locks would not stop it.
    /// </summary>
    public IReadOnlyList<MigratedCampaignSummary> Move(
        string? to = null,
        DatabaseOptions? from = null,
        Action<string>? report = null
    ) =>
        new Migrator(
            Options.Create(new DataOptions { Directory = Folder }),
            Options.Create(new KeysOptions { Directory = Path.Combine(Folder, "keys") }),
            Options.Create(from ?? new DatabaseOptions()),
            new InstallationRoot(Folder),
            TimeProvider.System
        ).Migrate(to ?? Target, report ?? (_ => { }));

    /// <summary>The reason why a migration is refused.</summary>
    public string Refusal(string? to = null, DatabaseOptions? from = null) =>
        Assert.Throws<MigrationRefusedException>(() => Move(to, from)).Message;

    /// <summary>A writable connection to the SQLite side that bypasses the product.</summary>
    public DbConnection OpenOld() => new SqliteDialect(OldFile).OpenForWriting();

    /// <summary>
    /// Changes the SQLite side to the last version that could not be migrated: networks were
    /// counted under another key, and there was no fence.
    /// </summary>
    public void MakeOlder()
    {
        using var connection = OpenOld();
        connection.Execute(
            """
            DROP TABLE fence;
            DROP TABLE writers;
            DROP TABLE network_requests;
            CREATE TABLE network_requests (
                day text NOT NULL, network_hash BLOB NOT NULL, hour integer NOT NULL, kind text NOT NULL,
                value integer NOT NULL, PRIMARY KEY (day, network_hash, hour, kind));
            ALTER TABLE campaigns DROP COLUMN version;
            DELETE FROM migrations WHERE name = '0006_many_writers.sql'
            """
        );
    }

    /// <summary>Everything in the SQLite side except its rows, and its migrations.</summary>
    public string SchemaOfOld() =>
        QueryOld<string>(
            """
            SELECT group_concat(line, char(10)) FROM (
                SELECT name || ' ' || coalesce(sql, '') AS line FROM sqlite_schema
                UNION ALL SELECT name || ' ' || applied_at FROM migrations ORDER BY 1)
            """
        );

    /// <summary>A connection to the PostgreSQL side that bypasses the product.</summary>
    public NpgsqlConnection OpenNew()
    {
        var connection = new NpgsqlConnection(Target + ";Pooling=false");
        connection.Open();
        return connection;
    }

    public T QueryOld<T>(string sql)
    {
        using var connection = OpenOld();
        return connection.QuerySingle<T>(sql);
    }

    public T QueryNew<T>(string sql)
    {
        using var connection = OpenNew();
        return connection.QuerySingle<T>(sql);
    }

    /// <summary>
    /// Blocks a statement on one of the PostgreSQL tables until the lock is released.
    /// </summary>
    public MigrationLock Hold(string table, string statement)
    {
        MakeTables();
        return new MigrationLock(OpenNew(), table, statement);
    }

    /// <summary>Creates the PostgreSQL tables, as a start does, and nothing else.</summary>
    public void MakeTables()
    {
        using var dialect = new PostgresDialect(Target);
        using var connection = dialect.OpenForReading();
        using var transaction = connection.BeginTransaction();
        Migrations.Run(connection, dialect, DateTimeOffset.UtcNow);
        transaction.Commit();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string[] MoveArguments(string to) =>
        ["move", "--to", to, $"--Data:Directory={Folder}", $"--Keys:Directory={Path.Combine(Folder, "keys")}"];
}

/// <summary>A lock that blocks a statement on a PostgreSQL table.</summary>
internal sealed class MigrationLock : IDisposable
{
    private const string CountConnections =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private readonly NpgsqlConnection _connection;
    private readonly string _table;

    public MigrationLock(NpgsqlConnection connection, string table, string statement)
    {
        (_connection, _table) = (connection, table);
        connection.Execute(
            $"""
            SELECT pg_advisory_lock(77);
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END $$;
            CREATE TRIGGER hold BEFORE {statement} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION hold()
            """
        );
    }

    /// <summary>Waits until a statement is blocked here.</summary>
    public Task ReachedAsync() =>
        CampaignServer.UntilAsync(
            () =>
                Task.FromResult(
                    _connection.QuerySingle<long>(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event = 'advisory'
                        """
                    ) > 0
                ),
            "no statement is blocked"
        );

    /// <summary>Releases the lock and waits until the killed processes have disconnected.</summary>
    public async Task EndAsync()
    {
        await _connection.ExecuteAsync("SELECT pg_advisory_unlock(77)");
        await CampaignServer.UntilAsync(
            async () => await _connection.QuerySingleAsync<long>(CountConnections) == 0,
            "a connection outlives its process"
        );
        await _connection.ExecuteAsync($"DROP TRIGGER hold ON {_table}");
    }

    public void Dispose() => _connection.Dispose();
}
