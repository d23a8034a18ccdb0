using System.Buffers;
using System.Text;
using Campaigns.Signatures;

namespace Campaigns;

/// <summary>
/// A text in a table that a spreadsheet may open. Spreadsheets take a cell that begins with a sign
/// for a formula, and split lines at separators that the reader chose, also inside quotes.
/// </summary>
public static class SpreadsheetCell
{
    private static readonly SearchValues<char> _signs = SearchValues.Create("=+-@＝＋－＠");
    private static readonly SearchValues<char> _separators = SearchValues.Create(",;\t\r\n");

    /// <summary>
    /// The text with an apostrophe before every sign that a spreadsheet could read as the start of
    /// a formula: at the start and after each separator, past blanks, double quotes and invisible
    /// characters. A text without one is returned as it is.
    /// </summary>
    public static string Guard(string text)
    {
        if (!text.AsSpan().ContainsAny(_signs))
            return text;
        var guarded = new StringBuilder(text.Length + 4);
        var atStart = true;
        foreach (var rune in text.EnumerateRunes())
        {
            if (atStart && Is(rune, _signs))
                guarded.Append('\'');
            atStart = Is(rune, _separators) || (atStart && IsPassed(rune));
            guarded.Append(rune.ToString());
        }
        return guarded.Length == text.Length ? text : guarded.ToString();
    }

    /// <summary>Between the cells of a line, as spreadsheets of the language expect.</summary>
    public static char Separator(string locale) => locale is "nl" or "nb" or "ru" ? ';' : ',';

    private static bool Is(Rune rune, SearchValues<char> characters) =>
        rune.IsBmp && characters.Contains((char)rune.Value);

    private static bool IsPassed(Rune rune) =>
        rune.Value == '"' || Rune.IsWhiteSpace(rune) || Characters.IsIgnorable(rune);
}
