using System.Data.Common;
using Dapper;

namespace Campaigns.Tests.Infrastructure;

/// <summary>SQL of the tests that differs between the two databases.</summary>
internal static class TestSql
{
    /// <summary>The UTC day of a column of milliseconds, in the product's format.</summary>
    public static string DayOf(string column) =>
        DatabaseUnderTest.IsPostgres
            ? $"to_char(to_timestamp({column} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
            : $"date({column} / 1000, 'unixepoch')";

    /// <summary>
    /// Runs a statement after each <paramref name="change"/>, INSERT or UPDATE, of a table when
    /// <paramref name="when"/> is true for its row, <c>NEW</c>. If the statement fails, the change
    /// fails.
    /// </summary>
    public static string CreateTrigger(
        string name,
        string table,
        string when,
        string statement,
        string change = "INSERT"
    ) =>
        DatabaseUnderTest.IsPostgres
            ? $"""
                CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NEW; END $$;
                CREATE TRIGGER {name} AFTER {change} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()
                """
            : $"CREATE TRIGGER {name} AFTER {change} ON {table} WHEN {when} BEGIN {statement}; END";

    public static string DropTrigger(string name, string table) =>
        DatabaseUnderTest.IsPostgres ? $"DROP TRIGGER {name} ON {table}" : $"DROP TRIGGER {name}";

    /// <summary>Makes the commit of the current transaction fail.</summary>
    public static void FailCommit(DbConnection connection) =>
        connection.Execute(
            DatabaseUnderTest.IsPostgres
                ? """
                CREATE TEMPORARY TABLE late (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP;
                INSERT INTO late VALUES (1), (1)
                """
                : "ROLLBACK TRANSACTION"
        );

    /// <summary>
    /// Inserts many rows with few statements, to save round trips. <paramref name="into"/> is the
    /// table with its columns.
    /// </summary>
    public static int Insert(DbConnection connection, string into, IEnumerable<object?[]> rows)
    {
        // SQLite searches all parameters of a statement for each name, so that a long statement is slow.
        const int Most = 25;
        var written = 0;
        foreach (var some in rows.Chunk(Most))
        {
            var values = new DynamicParameters();
            var places = some.Index()
                .Select(row =>
                {
                    var names = row.Item.Index()
                        .Select(value => Place(values, $"v{row.Index}_{value.Index}", value.Item));
                    return $"({string.Join(", ", names)})";
                })
                .ToList();
            written += connection.Execute($"INSERT INTO {into} VALUES {string.Join(", ", places)}", values);
        }
        return written;

        static string Place(DynamicParameters values, string name, object? value)
        {
            values.Add(name, value);
            return "@" + name;
        }
    }

    /// <summary>Every column of every table.</summary>
    public static IReadOnlyList<(string Table, string Column)> Columns(DbConnection connection) =>
        connection
            .Query<(string, string)>(
                DatabaseUnderTest.IsPostgres
                    ? """
                    SELECT table_name, column_name FROM information_schema.columns
                    WHERE table_schema = current_schema()
                    """
                    : """
                    SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
                    """
            )
            .ToList();

    /// <summary>
    /// Runs SQLite's integrity check. PostgreSQL checks its pages as it reads them.
    /// </summary>
    public static void AssertIntact(DbConnection connection)
    {
        if (!DatabaseUnderTest.IsPostgres)
            Assert.Equal("ok", connection.QuerySingle<string>("PRAGMA integrity_check"));
    }
}
