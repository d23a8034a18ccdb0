using System.Data.Common;
using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Schema;

/// <summary>
/// Runs the numbered SQL files of <c>db/migrations</c>, which are embedded. Each runs once and in
/// order, in its own transaction or in the caller's. A file with a database's name before
/// <c>.sql</c> runs only on that database.
/// </summary>
public static class Migrations
{
    private const string Prefix = "migrations/";

    /// <summary>
    /// Runs the missing migrations and returns their file names. The caller must have the write
    /// lock. Throws <see cref="StartRefusedException"/>, and changes nothing, when a newer program
    /// migrated the database.
    /// </summary>
    public static IReadOnlyList<string> Run(DbConnection connection, Dialect dialect, DateTimeOffset now)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at bigint NOT NULL)");
        var applied = connection.Query<string>("SELECT name FROM migrations").ToHashSet(StringComparer.Ordinal);
        ThrowIfNewer(applied, dialect);
        var ran = new List<string>();
        foreach (var name in Names(dialect).Where(name => !applied.Contains(name)))
        {
            var sql = Read(name)
                .Replace("{id_key}", dialect.IdKey, StringComparison.Ordinal)
                .Replace("{blob}", dialect.Blob, StringComparison.Ordinal);
            dialect.Migrate(connection, () =>
            {
                connection.Execute(sql);
                connection.Execute(
                    "INSERT INTO migrations (name, applied_at) VALUES (@name, @at)",
                    new { name, at = now.ToUnixTimeMilliseconds() }
                );
            });
            ran.Add(name);
        }
        return ran;
    }

    /// <summary>
    /// Throws <see cref="StartRefusedException"/> when migrations ran that this program does not
    /// have. It would read and write tables whose rules it does not know.
    /// </summary>
    internal static void ThrowIfNewer(IEnumerable<string> applied, Dialect dialect)
    {
        if (applied.Except(Names(dialect), StringComparer.Ordinal).Max(StringComparer.Ordinal) is { } newest)
            throw new StartRefusedException(
                $"A newer program migrated this database ({newest}), and this program does not know its schema. "
                    + "Start the newer program, or restore a backup from before the update."
            );
    }

    /// <summary>The migrations of this program for a database, in order.</summary>
    internal static IEnumerable<string> Names(Dialect dialect) =>
        typeof(Migrations)
            .Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(resource => resource[Prefix.Length..])
            .Where(name =>
                name.Split('.').Length == 2 || name.EndsWith($".{dialect.Name}.sql", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal);

    private static string Read(string name)
    {
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
