using System.Data.Common;
using Dapper;
using NpgsqlTypes;

namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>
/// A table to copy. The list comes from the two databases, so that a new table is never forgotten.
/// </summary>
internal sealed record CopiedTable(string Name, IReadOnlyList<CopiedColumn> Columns)
{
    // These tables belong to one side: its migrations, its writers and whether it may be served.
    private static readonly string[] _notCopied = ["migrations", "writers", "fence"];

    // Leases are not copied: the old side's writes are refused, so its processes cannot finish that work.
    private static readonly string[] _leases = ["lease_until", "lease_owner"];

    private const string SourceColumns = """
        SELECT m.name AS "table", c.name AS name
        FROM sqlite_schema m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
        """;

    private const string TargetColumns = """
        SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = current_schema()::text::regnamespace
            AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY c.relname, a.attnum
        """;

    public string List => string.Join(", ", Columns.Select(column => column.Name));

    public string SelectTarget => $"SELECT {List} FROM {Name}";

    /// <summary>Reads the source, with the leases replaced by NULL.</summary>
    public string SelectSource
    {
        get
        {
            var columns = Columns.Select(column =>
                _leases.Contains(column.Name) ? $"NULL AS {column.Name}" : column.Name
            );
            return $"SELECT {string.Join(", ", columns)} FROM {Name}";
        }
    }

    /// <summary>
    /// Returns every table of the source with the columns of the target. Tables that only the
    /// target has are not ours.
    /// </summary>
    /// <exception cref="MigrationRefusedException">A table has different columns on the two
    /// sides.</exception>
    public static IReadOnlyList<CopiedTable> Read(DbConnection source, DbConnection target)
    {
        var sourceColumns = source.Query<ColumnRow>(SourceColumns).ToLookup(row => row.Table, row => row.Name);
        var targetColumns = target.Query<ColumnRow>(TargetColumns).ToLookup(row => row.Table);
        return
        [
            .. sourceColumns
                .Where(table => !_notCopied.Contains(table.Key))
                .OrderBy(table => table.Key, StringComparer.Ordinal)
                .Select(table =>
                    targetColumns[table.Key].Select(row => row.Name).ToHashSet().SetEquals(table)
                        ? new CopiedTable(
                            table.Key,
                            [.. targetColumns[table.Key].Select(row => new CopiedColumn(row.Name, TypeOf(row)))]
                        )
                        : throw new MigrationRefusedException(
                            $"The table {table.Key} has different columns on the two sides: "
                                + "one database is of another version."
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
                $"The column {column.Table}.{column.Name} has an unsupported type: {column.Type}."
            ),
        };

    private sealed class ColumnRow
    {
        public required string Table { get; init; }
        public required string Name { get; init; }
        public string? Type { get; init; }
    }
}

/// <summary>A column with its PostgreSQL type.</summary>
internal sealed record CopiedColumn(string Name, NpgsqlDbType Type);
