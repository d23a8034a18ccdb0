using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Campaigns.Db.PostgresMigration;

/// <summary>
/// Moves a live installation from the embedded database to PostgreSQL, once and for good. The old
/// side is held still meanwhile, and answers writes with 503; all of it is copied in one
/// transaction, compared, and then handed over by two fences: the one that closes the old side is
/// on the disk before the one that closed the new side goes. So a crash at any moment leaves one
/// side that serves, or none and the next run ends what is begun.
/// </summary>
public sealed class Migrator(
    IOptions<DataOptions> data,
    IOptions<KeysOptions> keys,
    IOptions<DatabaseOptions> options,
    InstallationRoot root,
    TimeProvider time
)
{
    public string DataFolder => root.Resolve(data.Value.Directory);

    /// <summary>Moves, or ends a move that was cut off, and returns what both sides have.</summary>
    /// <param name="to">The connection string of the new side.</param>
    /// <param name="say">Told how far it is.</param>
    /// <exception cref="MigrationRefusedException">It did not move; why, and which side
    /// serves.</exception>
    /// <exception cref="StartRefusedException">The new side does not wait for its disk.</exception>
    /// <exception cref="Keys.KeysRefusedException">A key of the old side is missing or
    /// wrong.</exception>
    public IReadOnlyList<MigratedCampaignSummary> Migrate(string to, Action<string> say)
    {
        var dialect = FindSource();
        MigrationSource? source = null;
        try
        {
            // Before the old side is held: where the new one cannot be reached nobody has to wait for it.
            using var target = MigrationTarget.Connect(to, time);
            source = MigrationSource.Lock(dialect, DataFolder, root.Resolve(keys.Value.Directory), time.UtcNow());
            return source.MigratedAt is { } mark ? End(source, target, mark, say) : Migrate(source, target, say);
        }
        catch (Exception error) when (error is NpgsqlException or SocketException or SqliteException or IOException)
        {
            // The server's own words may name a role or a table, never a row.
            var who = error is NpgsqlException or SocketException ? "PostgreSQL" : "The old database";
            throw new MigrationRefusedException(
                source?.MigratedAt is null
                    ? $"{who} cannot be used: {error.Message}. Nothing has moved, and the old database serves on."
                    : $"{who} cannot be used: {error.Message}. The old database is fenced off already. Run the same command again: it ends the move."
            );
        }
        finally
        {
            source?.Dispose();
        }
    }

    private SqliteDialect FindSource()
    {
        if (options.Value.Provider != DatabaseOptions.Sqlite)
            throw new MigrationRefusedException(
                "Database:Provider is not 'sqlite': only the embedded database can be moved. Give the command the old server's settings."
            );
        var dialect = new SqliteDialect(
            options.Value.ConnectionString ?? $"Data Source={Path.Combine(DataFolder, Database.FileName)}"
        );
        return File.Exists(dialect.File)
            ? dialect
            : throw new MigrationRefusedException(
                $"There is no database at {dialect.File}. Give the command the old server's settings, for instance --Data:Directory=…"
            );
    }

    private static IReadOnlyList<MigratedCampaignSummary> Migrate(
        MigrationSource source,
        MigrationTarget target,
        Action<string> say
    )
    {
        IReadOnlyList<CopiedTable> Tables() => CopiedTable.Read(source.Connection, target.Connection);
        var mark = target.Reserve(Tables);
        var tables = Tables();
        target.Work(mark);
        target.Empty(tables);
        foreach (var table in tables)
            say(
                FormattableString.Invariant(
                    $"{table.Name}: {target.Fill(table, SqlRows.Read(source.Connection, table.SelectSource))} rows"
                )
            );
        target.Keep(tables, source.NewestId());
        return End(source, target, mark, say);
    }

    private static IReadOnlyList<MigratedCampaignSummary> End(
        MigrationSource source,
        MigrationTarget target,
        long mark,
        Action<string> say
    )
    {
        try
        {
            target.Work(mark);
        }
        catch (Exception error)
            when (source.MigratedAt is not null
                && error
                    is MigrationRefusedException
                        or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
            )
        {
            throw new MigrationRefusedException(
                $"This database moved on {Instant.Text(Instant.FromMilliseconds(mark))} and is refused for good. {(error is MigrationRefusedException ? error.Message : "That database is another one.")}"
            );
        }
        say("Both sides are read and compared.");
        var tables = CopiedTable.Read(source.Connection, target.Connection);
        var old = MigrationChecksums.Read(source.Connection, tables, table => table.SelectSource);
        if (
            old.Difference(MigrationChecksums.Read(target.Connection, tables, table => table.SelectTarget)) is
            { } difference
        )
            throw new MigrationRefusedException(
                $"The two sides differ: {difference}. The new one stays fenced off{(source.MigratedAt is null ? ", and the old database serves on" : "")}."
            );
        if (source.MigratedAt is null)
            source.Fence(mark, tables);
        target.Open();
        return old.MovedCampaigns;
    }
}
