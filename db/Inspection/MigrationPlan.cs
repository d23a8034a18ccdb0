using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Schema;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>Which migrations would run at the next start. Nothing is changed.</summary>
public static class MigrationPlan
{
    /// <summary>
    /// The file names in their order: all of them for a database that does not exist yet. Throws
    /// <see cref="StartRefusedException"/> when the start would be refused because a newer program
    /// migrated the database, or because the database cannot be read.
    /// </summary>
    public static IReadOnlyList<string> Read(DatabaseOptions options, string dataFolder)
    {
        if (
            options is { Provider: DatabaseOptions.Sqlite, ConnectionString: null }
            && !File.Exists(Path.Combine(dataFolder, Database.FileName))
        )
        {
            using var none = new SqliteDialect("Data Source=:memory:");
            return [.. Migrations.Names(none)];
        }
        using var database = InspectedDatabase.Open(options, dataFolder);
        try
        {
            using var connection = database.Read();
            var applied = connection.QuerySingle<bool>(database.Dialect.HasTable, new { table = "migrations" })
                ? connection.Query<string>("SELECT name FROM migrations").ToHashSet(StringComparer.Ordinal)
                : [];
            Migrations.ThrowIfNewer(applied, database.Dialect);
            return [.. Migrations.Names(database.Dialect).Where(name => !applied.Contains(name))];
        }
        catch (Exception error) when (database.Dialect.IsDatabaseFailure(error))
        {
            throw new StartRefusedException("The database cannot be read; doctor says more.");
        }
    }
}
