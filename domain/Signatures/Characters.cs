using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Campaigns.Signatures;

/// <summary>
/// Properties of characters that .NET does not know, from the Unicode Character Database. The
/// table names its version.
/// </summary>
public static class Characters
{
    [Flags]
    private enum Property
    {
        None = 0,
        Ignorable = 1,
        VariationSelector = 2,
        Joins = 4,
        Virama = 8,
        Pictograph = 16,
    }

    /// <summary>Below this code point no character is ignorable, joins or is a virama.</summary>
    private const int First = 0xA9;

    private static readonly FrozenDictionary<int, Property> _properties = Read();

    /// <summary>
    /// Default_Ignorable_Code_Point: invisible, although other characters may look different beside
    /// it.
    /// </summary>
    public static bool IsIgnorable(Rune rune) => Has(rune, Property.Ignorable);

    /// <summary>Chooses how the character before it is drawn.</summary>
    public static bool IsVariationSelector(Rune rune) => Has(rune, Property.VariationSelector);

    /// <summary>A letter of a script that connects its letters.</summary>
    public static bool Joins(Rune rune) => Has(rune, Property.Joins);

    /// <summary>The sign of an Indic script that takes away the vowel of a consonant.</summary>
    public static bool IsVirama(Rune rune) => Has(rune, Property.Virama);

    /// <summary>An emoji, or the skin colour of one.</summary>
    public static bool IsPictograph(Rune rune) => Has(rune, Property.Pictograph);

    /// <summary>A combining mark.</summary>
    public static bool IsMark(Rune rune) =>
        rune.Value >= 0x300
        && Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    private static bool Has(Rune rune, Property property) =>
        rune.Value >= First && (_properties.GetValueOrDefault(rune.Value) & property) != 0;

    private static FrozenDictionary<int, Property> Read()
    {
        using var stream = typeof(Characters).Assembly.GetManifestResourceStream("Characters.tsv")!;
        using var reader = new StreamReader(stream);
        var properties = new Dictionary<int, Property>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var fields = line.Split('\t');
            var last = int.Parse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var all = fields[2].Aggregate(Property.None, (sum, letter) => sum | Named(letter));
            for (var code = int.Parse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture); code <= last;)
                properties.Add(code++, all);
        }
        return properties.ToFrozenDictionary();
    }

    private static Property Named(char letter) =>
        letter switch
        {
            'I' => Property.Ignorable,
            'V' => Property.VariationSelector,
            'J' => Property.Joins,
            'H' => Property.Virama,
            'P' => Property.Pictograph,
            _ => throw new InvalidDataException("Characters.tsv has an unknown property."),
        };
}
