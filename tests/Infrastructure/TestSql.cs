using System.Data.Common;
using Dapper;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The few things that the tests' own SQL cannot say in the common tongue of both databases.
/// </summary>
internal static class TestSql
{
    /// <summary>The day, UTC, of a column of milliseconds, as the product writes days.</summary>
    public static string DayOf(string column) =>
        DatabaseUnderTest.IsPostgres
            ? $"to_char(to_timestamp({column} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
            : $"date({column} / 1000, 'unixepoch')";

    /// <summary>
    /// Runs a statement after each <paramref name="change"/>, INSERT or UPDATE, of a table
    /// <paramref name="when"/> its row, <c>NEW</c>, is such; when it fails the change does.
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

    /// <summary>Makes the commit of the transaction it is called in fail.</summary>
    public static void SpoilCommit(DbConnection connection) =>
        connection.Execute(
            DatabaseUnderTest.IsPostgres
                ? "CREATE TEMPORARY TABLE late (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP; INSERT INTO late VALUES (1), (1)"
                : "ROLLBACK TRANSACTION"
        );

    /// <summary>
    /// Writes many rows with few statements, because each costs a way to the server and back.
    /// <paramref name="into"/> is the table with its columns.
    /// </summary>
    public static int Insert(DbConnection connection, string into, IEnumerable<object?[]> rows)
    {
        const int Most = 500;
        var written = 0;
        foreach (var some in rows.Chunk(Most))
        {
            var values = new DynamicParameters();
            var places = some.Index()
                .Select(row =>
                    $"({string.Join(", ", row.Item.Index().Select(value => Place(values, $"v{row.Index}_{value.Index}", value.Item)))})"
                )
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
                    ? "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
                    : "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
            )
            .ToList();

    /// <summary>
    /// Asks SQLite whether its file is whole. PostgreSQL checks its pages as it reads them.
    /// </summary>
    public static void AssertIntact(DbConnection connection)
    {
        if (!DatabaseUnderTest.IsPostgres)
            Assert.Equal("ok", connection.QuerySingle<string>("PRAGMA integrity_check"));
    }
}
