using System.Data.Common;
using System.Globalization;

namespace Campaigns.Db.PostgresMigration;

/// <summary>Rows of either database, one at a time: neither driver gathers them.</summary>
internal static class SqlRows
{
    /// <summary>
    /// The values of each row, null for SQL's; the array is the same for all of them.
    /// </summary>
    public static IEnumerable<object?[]> Read(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new object?[reader.FieldCount];
        while (reader.Read())
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            yield return values;
        }
    }

    /// <summary>A whole number, which has one type on SQLite and several on PostgreSQL.</summary>
    public static long Whole(object value) =>
        value is long or int
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : throw new InvalidCastException($"A {value.GetType().Name} is no whole number.");
}
