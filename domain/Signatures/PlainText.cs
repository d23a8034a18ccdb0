using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Campaigns.Signatures;

/// <summary>
/// One line of text as a person typed it. The canonical form is NFC, trimmed. Refused are line
/// breaks, control characters, direction overrides, noncharacters and web addresses. Names are
/// printed and handed over, and a petition must not carry advertisements.
/// </summary>
public static partial class PlainText
{
    /// <summary>
    /// Returns the canonical form of at most <paramref name="most"/> Unicode scalar values. An
    /// empty text is a valid value.
    /// </summary>
    public static Canonical Line(string typed, int most)
    {
        // Check before Normalize, which throws for lone surrogates.
        if (HasLoneSurrogate(typed))
            return new(null, "This contains half a character.");
        if (typed.EnumerateRunes().Any(IsNoncharacter))
            return new(null, "This contains a code that is not a character.");

        var value = typed.Normalize(NormalizationForm.FormC).Trim();
        if (value.EnumerateRunes().Any(IsRefused))
            return new(null, "This contains control characters.");
        if (value.EnumerateRunes().Count() > most)
            return new(null, $"This is longer than {most} characters.");
        if (HasWebAddress(value))
            return new(null, "Web addresses cannot be used here.");
        return new(value, null);
    }

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
    public static bool IsLetter(Rune rune) =>
        Rune.IsLetter(rune) && rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0);

    /// <summary>
    /// True for addresses with a scheme, with <c>www.</c>, with a path, and for bare domains under
    /// endings that advertisers use. Dots alone are not an address: J.R.R. Tolkien, A.B. de Vries
    /// and St.John are valid names.
    /// </summary>
    public static bool HasWebAddress(string text) =>
        // NFKC turns full-width and other look-alike forms of "://" and "." into the plain characters.
        WebAddress().IsMatch(text) || WebAddress().IsMatch(text.Normalize(NormalizationForm.FormKC));

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
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    [GeneratedRegex(
        """
            [a-z][a-z0-9+.-]*://
            | (?<![\p{L}\p{Nd}]) (https?|ftp|mailto|javascript|data|file) : (?=\S)
            | (?<![\p{L}\p{Nd}]) www\. (?=[\p{L}\p{Nd}])
            | [\p{L}\p{Nd}-]{2,} \. [\p{L}]{2,} (:[0-9]+)? /
            | [\p{L}\p{Nd}-]{2,} \. (com|net|org|info|biz|xyz|top|online|site|shop|club|link|click|live)
              (?![\p{L}\p{Nd}-])
            """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex WebAddress();
}
