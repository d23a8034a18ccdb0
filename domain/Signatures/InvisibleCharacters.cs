using System.Text;

namespace Campaigns.Signatures;

/// <summary>
/// Removes invisible characters (Default_Ignorable_Code_Point). One stays where it changes how its
/// neighbours look: a joiner in a connected script, beside a virama or inside an emoji, and a
/// variation selector. Of several in a row one of each kind can stay, and at the ends only a joiner
/// after a virama.
/// </summary>
internal static class InvisibleCharacters
{
    private const int NonJoiner = 0x200C,
        Joiner = 0x200D,
        MongolianVowelSeparator = 0x180E;

    /// <summary>
    /// Returns the text without them. Direction overrides and tag characters stay, because they are
    /// refused and not removed.
    /// </summary>
    public static string Remove(string text)
    {
        var runes = text.EnumerateRunes();
        var first = 0;
        foreach (var rune in runes)
        {
            if (Characters.IsIgnorable(rune))
                return Remove([.. runes], first);
            first++;
        }
        return text;
    }

    /// <summary>U+202A to U+202E and U+2066 to U+2069.</summary>
    public static bool IsDirection(Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>U+E0000 to U+E007F: a text that is hidden in another one.</summary>
    public static bool IsTag(Rune rune) => rune.Value is >= 0xE0000 and <= 0xE007F;

    private static string Remove(Rune[] runes, int first)
    {
        var kept = new List<Rune>(runes.Length);
        kept.AddRange(runes.AsSpan(0, first));
        for (var i = first; i < runes.Length; i++)
        {
            if (!Characters.IsIgnorable(runes[i]) || IsDirection(runes[i]) || IsTag(runes[i]) || Stays(runes, i, kept))
                kept.Add(runes[i]);
        }
        return string.Concat(kept);
    }

    private static bool Stays(Rune[] runes, int at, List<Rune> kept)
    {
        if (kept.Count == 0)
            return false;
        var last = kept[^1];
        if (Characters.IsVariationSelector(runes[at]))
            return !Characters.IsIgnorable(last) && !Rune.IsWhiteSpace(last);
        if (runes[at].Value is not (NonJoiner or Joiner or MongolianVowelSeparator) || IsJoiner(last))
            return false;
        // NFC may put a virama among other marks of its letter, so its place among them does not matter.
        var before = Base(kept, out var virama);
        if (virama)
            return true;
        return Next(runes, at) is { } next
            && !Rune.IsWhiteSpace(before)
            && !Rune.IsWhiteSpace(next)
            && (
                HasVirama(runes, at)
                || Characters.Joins(before)
                || Characters.Joins(next)
                || (Characters.IsPictograph(before) && Characters.IsPictograph(next))
            );
    }

    private static bool IsJoiner(Rune rune) => rune.Value is NonJoiner or Joiner or MongolianVowelSeparator;

    // The letter that the marks and selectors before this place belong to, and whether one is a virama.
    private static Rune Base(List<Rune> kept, out bool virama)
    {
        virama = false;
        var at = kept.Count - 1;
        for (; at > 0 && (Characters.IsMark(kept[at]) || Characters.IsIgnorable(kept[at])); at--)
            virama |= Characters.IsVirama(kept[at]);
        // A text may begin with a mark.
        virama |= Characters.IsVirama(kept[at]);
        return kept[at];
    }

    private static bool HasVirama(Rune[] runes, int at)
    {
        for (var i = at + 1; i < runes.Length; i++)
        {
            if (Characters.IsVirama(runes[i]))
                return true;
            if (!Characters.IsMark(runes[i]) && !Characters.IsIgnorable(runes[i]))
                return false;
        }
        return false;
    }

    private static Rune? Next(Rune[] runes, int at)
    {
        for (var i = at + 1; i < runes.Length; i++)
            if (!Characters.IsIgnorable(runes[i]))
                return runes[i];
        return null;
    }
}
