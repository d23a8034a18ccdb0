using Campaigns.Db.Schema;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>
/// How many rows each table has, rounded: an exact number may be about a person.
/// </summary>
public sealed class RowCounts(InspectedDatabase database)
{
    private const long Few = 10;

    /// <summary>
    /// By table: <c>0</c>, <c>few</c>, or a number with one digit that is not zero.
    /// </summary>
    public IReadOnlyDictionary<string, string> Read()
    {
        using var connection = database.Read();
        return Classification
            .Columns.Keys.Select(column => column.Table)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToDictionary(
                table => table,
                table => Round(connection.QuerySingle<long>($"SELECT count(*) FROM {table}")),
                StringComparer.Ordinal
            );
    }

    /// <summary>A number without its last digits.</summary>
    public static string Round(long rows)
    {
        if (rows is > 0 and < Few)
            return "few";
        var unit = 1L;
        while (rows / unit >= Few)
            unit *= Few;
        return Ids.Text(rows / unit * unit);
    }
}
