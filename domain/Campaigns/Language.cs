namespace Campaigns;

/// <summary>
/// Names of languages in English, Dutch, Norwegian Bokmål and Russian: those with a two-letter
/// code and a few more (Unicode CLDR 42, Russian 48). They come from an embedded table, because the
/// machine's globalisation data differs between machines, so packets would differ.
/// </summary>
public static class Language
{
    private static readonly Dictionary<string, Dictionary<string, string>> _names = Country.ReadNames("Languages.tsv");

    /// <summary>
    /// The name with a capital letter: <c>Norwegian Bokmål</c>, <c>Portuguese (BR)</c>. A tag
    /// without a name is its own name.
    /// </summary>
    /// <param name="tag">A BCP 47 tag.</param>
    /// <param name="locale">The language of the name; English if the table lacks it.</param>
    public static string Name(string tag, string locale)
    {
        var subtags = tag.Split('-', 2);
        if (!_names.TryGetValue(subtags[0].ToLowerInvariant(), out var names))
            return tag;
        var name = names.GetValueOrDefault(locale) ?? names[Locales.Default];
        var written = char.ToUpperInvariant(name[0]) + name[1..];
        return subtags.Length == 1 ? written : $"{written} ({subtags[1]})";
    }
}
