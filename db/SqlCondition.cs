namespace Campaigns.Db;

/// <summary>
/// Composes conditions of statements, once at start, from the tables in domain, so that a statement
/// does not state a rule again.
/// </summary>
internal static class SqlCondition
{
    /// <summary>
    /// <c>state = 'pending'</c>, or <c>state IN ('pending', 'confirmed')</c> for several values.
    /// One value gets <c>=</c>, so that partial indexes apply.
    /// </summary>
    /// <param name="column">The column.</param>
    /// <param name="values">Words of this program, never input.</param>
    public static string IsOneOf(string column, IReadOnlyList<string> values) =>
        values.Count == 1
            ? $"{column} = '{values[0]}'"
            : $"{column} IN ({string.Join(", ", values.Select(value => $"'{value}'"))})";
}
