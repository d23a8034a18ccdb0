using System.Text.RegularExpressions;

namespace Campaigns.Db;

/// <summary>
/// The words in braces of an SQL text that a dialect fills: <c>{name}</c>, or <c>{name of}</c>
/// where it is about one table.
/// </summary>
internal static partial class Placeholders
{
    /// <summary>
    /// Where a statement that runs for many items at once reads them (see Statement.Defer).
    /// </summary>
    public const string Batch = "{batch}";

    /// <summary>
    /// Fills every placeholder with what <paramref name="word"/> gives for its name and its table,
    /// which may be empty.
    /// </summary>
    public static string Fill(string text, Func<string, string, string> word) =>
        Pattern().Replace(text, match => word(match.Groups[1].Value, match.Groups[2].Value));

    [GeneratedRegex("[{]([a-z_]+)(?: ([a-z_]+))?[}]")]
    private static partial Regex Pattern();
}
