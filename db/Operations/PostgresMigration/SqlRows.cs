using System.Data.Common;
using System.Globalization;

namespace Campaigns.Db.Operations.PostgresMigration;

/// <summary>Reads rows of either database one at a time; neither driver buffers them.</summary>
internal static class SqlRows
{
    /// <summary>
    /// Returns the values of each row, null for SQL's NULL. The array is reused for every row. In
    /// texts the replacement character U+FFFD stands for U+0000, which SQLite stores and PostgreSQL
    /// refuses. <paramref name="onReplaced"/> is called for each such text.
    /// </summary>
    public static IEnumerable<object?[]> Read(DbConnection connection, string sql, Action? onReplaced = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new object?[reader.FieldCount];
        while (reader.Read())
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
                if (values[i] is not string text || !text.Contains('\0', StringComparison.Ordinal))
                    continue;
                values[i] = text.Replace('\0', '\uFFFD');
                onReplaced?.Invoke();
            }
            yield return values;
        }
    }

    /// <summary>
    /// Converts a whole number, which has one type on SQLite and several on PostgreSQL.
    /// </summary>
    public static long Whole(object value) =>
        value is long or int
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : throw new InvalidCastException($"A {value.GetType().Name} is not a whole number.");
}
