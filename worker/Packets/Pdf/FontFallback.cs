using System.Globalization;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Chooses the font of a scalar or a character: the first that has it. Not thread-safe.
/// </summary>
/// <param name="fonts">The fonts in order of preference.</param>
internal sealed class FontFallback(IReadOnlyList<Lazy<TrueTypeFont>> fonts)
{
    private readonly Dictionary<int, (TrueTypeFont? Font, ushort Glyph)> _found = [];

    /// <summary>Null and 0 for a scalar that no font has.</summary>
    public (TrueTypeFont? Font, ushort Glyph) Find(Rune rune)
    {
        if (_found.TryGetValue(rune.Value, out var known))
            return known;
        foreach (var font in fonts)
        {
            var glyph = font.Value.Glyph(rune.Value);
            if (glyph != 0)
                return _found[rune.Value] = (font.Value, glyph);
        }
        return _found[rune.Value] = (null, 0);
    }

    /// <summary>
    /// Blanks and punctuation use the font of the word before them if it has them. A character is
    /// set in one font if one font has all its scalars.
    /// </summary>
    /// <param name="rest">The text from the character on.</param>
    /// <param name="units">The length of the character in UTF-16 units.</param>
    /// <param name="current">The font of the text before it.</param>
    public TrueTypeFont? Choose(ReadOnlySpan<Rune> rest, int units, TrueTypeFont? current)
    {
        var first = rest[0];
        var count = 0;
        for (var sum = 0; sum < units; count++)
            sum += rest[count].Utf16SequenceLength;
        var character = rest[..count];
        if (current is not null && !Rune.IsLetter(first) && HasAll(current, character))
            return current;
        foreach (var font in fonts)
            if (HasAll(font.Value, character))
                return font.Value;
        return Find(first).Font ?? (IsIgnorable(first) ? current ?? fonts[0].Value : null);
    }

    /// <summary>
    /// True for scalars that print nothing by themselves: joiners, direction marks, variation
    /// selectors, soft hyphen, tags.
    /// </summary>
    public static bool IsIgnorable(Rune rune) =>
        rune.Value
            is 0xAD
                or 0x34F
                or 0xFEFF
                or (>= 0xFE00 and <= 0xFE0F)
                or (>= 0xE0100 and <= 0xE01EF)
                or 0x3164
                or 0xFFA0
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control;

    private static bool HasAll(TrueTypeFont font, ReadOnlySpan<Rune> character)
    {
        foreach (var rune in character)
            if (!IsIgnorable(rune) && font.Glyph(rune.Value) == 0)
                return false;
        return !IsIgnorable(character[0]);
    }
}
