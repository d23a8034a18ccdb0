using System.Data.Common;
using Dapper;
using NpgsqlTypes;

namespace Campaigns.Db.PostgresMigration;

/// <summary>
/// A table that moves. Which there are is asked of the two databases, so that none is forgotten
/// when one is added.
/// </summary>
internal sealed record CopiedTable(string Name, IReadOnlyList<CopiedColumn> Columns)
{
    // Each side's own: what made it, who writes to it, whether it may be served.
    private static readonly string[] _staying = ["migrations", "writers", "fence"];

    // Nobody of the old side finishes what it has in hand: its writes are refused.
    private static readonly string[] _leases = ["lease_until", "lease_owner"];

    private const string SourceColumns = """
        SELECT m.name AS "table", c.name AS name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
        """;

    private const string TargetColumns = """
        SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = current_schema()::text::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY c.relname, a.attnum
        """;

    public string List => string.Join(", ", Columns.Select(column => column.Name));

    public string SelectTarget => $"SELECT {List} FROM {Name}";

    /// <summary>Without the leases.</summary>
    public string SelectSource =>
        $"SELECT {string.Join(", ", Columns.Select(column => _leases.Contains(column.Name) ? $"NULL AS {column.Name}" : column.Name))} FROM {Name}";

    /// <summary>
    /// Every table of the source, with the columns of the target; tables that the target alone has
    /// are not ours.
    /// </summary>
    /// <exception cref="MigrationRefusedException">The two have not the same columns.</exception>
    public static IReadOnlyList<CopiedTable> Read(DbConnection source, DbConnection target)
    {
        var here = source.Query<ColumnRow>(SourceColumns).ToLookup(row => row.Table, row => row.Name);
        var there = target.Query<ColumnRow>(TargetColumns).ToLookup(row => row.Table);
        return
        [
            .. here.Where(table => !_staying.Contains(table.Key))
                .OrderBy(table => table.Key, StringComparer.Ordinal)
                .Select(table =>
                    there[table.Key].Select(row => row.Name).ToHashSet().SetEquals(table)
                        ? new CopiedTable(
                            table.Key,
                            [.. there[table.Key].Select(row => new CopiedColumn(row.Name, TypeOf(row)))]
                        )
                        : throw new MigrationRefusedException(
                            $"The table {table.Key} has not the same columns on both sides: a database is not this version's."
                        )
                ),
        ];
    }

    private static NpgsqlDbType TypeOf(ColumnRow column) =>
        column.Type switch
        {
            "bigint" => NpgsqlDbType.Bigint,
            "integer" => NpgsqlDbType.Integer,
            "text" => NpgsqlDbType.Text,
            "bytea" => NpgsqlDbType.Bytea,
            _ => throw new MigrationRefusedException(
                $"The column {column.Table}.{column.Name} has a type that no move knows: {column.Type}."
            ),
        };

    private sealed class ColumnRow
    {
        public required string Table { get; init; }
        public required string Name { get; init; }
        public string? Type { get; init; }
    }
}

/// <summary>A column as PostgreSQL keeps it.</summary>
internal sealed record CopiedColumn(string Name, NpgsqlDbType Type);
