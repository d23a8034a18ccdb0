using System.Globalization;
using System.Text;

namespace Campaigns.Signatures;

/// <summary>
/// One line of text as a person typed it. The canonical form is NFC, trimmed, without invisible
/// characters. Refused are line breaks, control characters, direction overrides, tag characters,
/// noncharacters, piles of marks, and mail and web addresses. Names are printed and handed over,
/// and a petition must not carry advertisements.
/// </summary>
public static class PlainText
{
    /// <summary>More combining marks on one letter are refused. No script needs as many.</summary>
    public const int MostMarks = 8;

    /// <summary>
    /// Returns the canonical form of at most <paramref name="most"/> Unicode scalar values. An
    /// empty text is a valid value.
    /// </summary>
    public static Canonical Line(string typed, int most)
    {
        // Check before Normalize, which throws for lone surrogates.
        if (HasLoneSurrogate(typed) || Any(typed, IsNoncharacter))
            return Canonical.Wrong(InputProblem.Broken);

        // Removing an invisible character can bring a letter and its mark together, so NFC comes after it.
        var value = InvisibleCharacters.Remove(typed).Normalize(NormalizationForm.FormC).Trim();
        if (Any(value, IsRefused))
            return Canonical.Wrong(InputProblem.Invisible);
        if (value.Length > most && value.EnumerateRunes().Count() > most)
            return Canonical.Wrong(InputProblem.TooLong, most);
        if (HasTooManyMarks(value))
            return Canonical.Wrong(InputProblem.Marks, MostMarks);
        return PrintedAddresses.Find(value) is { } address ? Canonical.Wrong(address) : new(value, null);
    }

    /// <summary>True when nothing of it would be seen.</summary>
    public static bool IsBlank(string? text) =>
        text is null || !Any(text, rune => !Rune.IsWhiteSpace(rune) && !Characters.IsIgnorable(rune));

    public static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return true;
            i++;
        }
        return false;
    }

    /// <summary>U+FDD0-FDEF and the last two code points of every plane.</summary>
    public static bool IsNoncharacter(Rune rune) =>
        rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE;

    /// <summary>
    /// True for a visible letter. Unicode classifies the Hangul fillers as letters, but they render
    /// blank.
    /// </summary>
    public static bool IsLetter(Rune rune) => Rune.IsLetter(rune) && !Characters.IsIgnorable(rune);

    internal static bool Any(string text, Func<Rune, bool> matches)
    {
        foreach (var rune in text.EnumerateRunes())
            if (matches(rune))
                return true;
        return false;
    }

    /// <summary>The text with one LF for every kind of line break.</summary>
    public static string WithLineFeeds(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace('\r', '\n')
            .Replace('\u2028', '\n')
            .Replace('\u2029', '\n');

    /// <summary>
    /// True for control characters, line and paragraph separators, and direction overrides.
    /// </summary>
    public static bool IsRefused(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
        || InvisibleCharacters.IsDirection(rune)
        || InvisibleCharacters.IsTag(rune);

    // NFC puts a mark into its letter where Unicode has that letter. So the marks are counted in NFD.
    private static bool HasTooManyMarks(string value) =>
        Any(value, Characters.IsMark) && LongestMarks(value.Normalize(NormalizationForm.FormD)) > MostMarks;

    private static int LongestMarks(string text)
    {
        int longest = 0,
            marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Characters.IsMark(rune))
                longest = Math.Max(longest, ++marks);
            else if (!Characters.IsIgnorable(rune))
                marks = 0;
        }
        return longest;
    }
}
