using System.Text.RegularExpressions;

namespace Campaigns.Db.Engine;

/// <summary>
/// The placeholders of an SQL text, which a dialect fills: <c>{name}</c>, or <c>{name of}</c> for
/// one table.
/// </summary>
internal static partial class Placeholders
{
    /// <summary>
    /// The place of the item arrays in a statement that runs for many items at once (see
    /// Statement.Defer).
    /// </summary>
    public const string Batch = "{batch}";

    /// <summary>
    /// Replaces each placeholder with the result of <paramref name="word"/> for its name and its
    /// table, which may be empty.
    /// </summary>
    public static string Fill(string text, Func<string, string, string> word) =>
        Pattern().Replace(text, match => word(match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>
    /// The parameters as spelled in the text, each once, in the order of their first use.
    /// </summary>
    public static IEnumerable<string> Parameters(string text) =>
        Parameter().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal);

    [GeneratedRegex("@[A-Za-z]+")]
    public static partial Regex Parameter();

    [GeneratedRegex("[{]([a-z_]+)(?: ([a-z_]+))?[}]")]
    private static partial Regex Pattern();
}
