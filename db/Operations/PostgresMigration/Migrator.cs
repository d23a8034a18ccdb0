using System.Net.Sockets;
using Campaigns.Db.Engine.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>
/// Migrates a live installation from the embedded database to PostgreSQL, once and for good. During
/// the copy the old side answers writes with 503. All rows are copied in one transaction and
/// compared; then two fences hand over. The fence on the old side is on disk before the fence on
/// the new side is removed. So after a crash at most one side serves. If none does, the next run
/// finishes the migration.
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

    /// <summary>
    /// Migrates, or finishes an interrupted migration, and returns what both sides store.
    /// </summary>
    /// <param name="to">The connection string of the new database.</param>
    /// <param name="report">Receives progress messages.</param>
    /// <exception cref="MigrationRefusedException">The migration was refused. The message says why
    /// and which side serves.</exception>
    /// <exception cref="StartRefusedException">The new side acknowledges commits before they are on
    /// disk, or the old side's journal is not whole.</exception>
    /// <exception cref="Keys.KeysRefusedException">A key of the old side is missing or
    /// wrong.</exception>
    public IReadOnlyList<MigratedCampaignSummary> Migrate(string to, Action<string> report)
    {
        var dialect = FindSource();
        MigrationSource? source = null;
        try
        {
            // Connect before locking the old side, so that an unreachable new side does not block its writers.
            using var target = MigrationTarget.Connect(to, time);
            source = MigrationSource.Lock(dialect, DataFolder, root.Resolve(keys.Value.Directory), time.UtcNow());
            return source.MigratedAt is { } mark
                ? Finish(source, target, mark, report)
                : Migrate(source, target, report);
        }
        catch (Exception error) when (error is NpgsqlException or SocketException or SqliteException or IOException)
        {
            // The server's message may name a role or a table, never a row.
            var failed = error is NpgsqlException or SocketException ? "PostgreSQL" : "The old database";
            throw new MigrationRefusedException(
                source?.MigratedAt is null
                    ? $"{failed} cannot be used: {error.Message}. Nothing was moved, and the old database still serves."
                    : $"{failed} cannot be used: {error.Message}. The old database is already fenced off. "
                        + "Run the same command again to finish the move."
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
                "Database:Provider is not 'sqlite': only the embedded database can be moved. "
                    + "Give the command the old server's settings."
            );
        var dialect = new SqliteDialect(
            options.Value.ConnectionString ?? $"Data Source={Path.Combine(DataFolder, Database.FileName)}"
        );
        return File.Exists(dialect.File)
            ? dialect
            : throw new MigrationRefusedException(
                $"There is no database at {dialect.File}. "
                    + "Give the command the old server's settings, for instance --Data:Directory=…"
            );
    }

    private static IReadOnlyList<MigratedCampaignSummary> Migrate(
        MigrationSource source,
        MigrationTarget target,
        Action<string> report
    )
    {
        IReadOnlyList<CopiedTable> Tables() => CopiedTable.Read(source.Connection, target.Connection);
        var mark = target.Reserve(Tables);
        var tables = Tables();
        target.BeginWork(mark);
        target.Truncate(tables);
        foreach (var table in tables)
        {
            var replaced = 0L;
            var rows = SqlRows.Read(source.Connection, table.SelectSource, () => replaced++);
            report(FormattableString.Invariant($"{table.Name}: {target.Fill(table, rows)} rows"));
            if (replaced > 0)
                report(
                    FormattableString.Invariant($"{table.Name}: {replaced} texts contained the character U+0000. ")
                        + "PostgreSQL cannot store it, so U+FFFD stands in its place."
                );
        }
        target.CommitRows(tables, source.NewestId());
        return Finish(source, target, mark, report);
    }

    private static IReadOnlyList<MigratedCampaignSummary> Finish(
        MigrationSource source,
        MigrationTarget target,
        long mark,
        Action<string> report
    )
    {
        try
        {
            target.BeginWork(mark);
        }
        catch (Exception error)
            when (source.MigratedAt is not null
                && error
                    is MigrationRefusedException
                        or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
            )
        {
            var reason = error is MigrationRefusedException ? error.Message : "That database is another one.";
            throw new MigrationRefusedException(
                $"This database was moved on {Instant.Text(Instant.FromMilliseconds(mark))} "
                    + $"and is refused for good. {reason}"
            );
        }
        report("Comparing both sides.");
        var tables = CopiedTable.Read(source.Connection, target.Connection);
        var old = MigrationChecksums.Read(source.Connection, tables, table => table.SelectSource);
        if (
            old.Difference(MigrationChecksums.Read(target.Connection, tables, table => table.SelectTarget)) is
            { } difference
        )
            throw new MigrationRefusedException(
                $"The two sides differ: {difference}. The new one stays fenced off"
                    + (source.MigratedAt is null ? ", and the old database still serves." : ".")
            );
        if (source.MigratedAt is null)
            source.SetFence(mark, tables);
        target.RemoveFence();
        return old.MigratedCampaigns;
    }
}
