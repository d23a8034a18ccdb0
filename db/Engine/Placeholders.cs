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

    private static readonly string[] _names =
    [
        "batch",
        "for_update",
        "for_update_skip_locked",
        "for_key_share",
        "for_no_key_update",
        "for_no_key_update_skip_locked",
    ];

    /// <summary>
    /// Replaces each placeholder with the result of <paramref name="word"/> for its name and its
    /// table, which may be empty. An unknown name throws, also on the database that would drop it.
    /// </summary>
    public static string Fill(string text, Func<string, string, string> word) =>
        Pattern()
            .Replace(text, match =>
                _names.Contains(match.Groups[1].Value)
                    ? word(match.Groups[1].Value, match.Groups[2].Value)
                    : throw new ArgumentException($"Unknown placeholder {match.Value}.", nameof(text))
            );

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
