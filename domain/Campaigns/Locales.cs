namespace Campaigns;

/// <summary>
/// The languages of our pages, letters and packets. A campaign's texts may have other locales;
/// pages, letters and packets then use English.
/// </summary>
public static class Locales
{
    public const string Default = "en";

    public static IReadOnlyList<string> Supported { get; } = ["en", "nl", "nb"];

    public static bool Supports(string locale) => Supported.Contains(locale);

    /// <summary>
    /// The supported language nearest to a locale, otherwise English.
    /// </summary>
    public static string Nearest(string? locale) => Lookup(locale, Supported) ?? Default;

    /// <summary>
    /// The nearest of <paramref name="available"/>: the locale itself, then without its last
    /// subtags (RFC 4647, lookup), then another form of the same language. Norwegian (<c>no</c>)
    /// and Nynorsk (<c>nn</c>) come near Bokmål (<c>nb</c>). Null when none is near.
    /// </summary>
    /// <param name="locale">A BCP 47 tag in any case; anything else is near to nothing.</param>
    /// <param name="available">The tags to choose from, the preferred ones first.</param>
    public static string? Lookup(string? locale, IReadOnlyList<string> available)
    {
        var range = (locale ?? "").Trim().Replace('_', '-');
        while (range.Length > 0)
        {
            if (Find(range, available) is { } found)
                return found;
            var end = range.LastIndexOf('-');
            if (end < 0)
                break;
            // A single letter or digit introduces what follows it, so both go.
            range = end > 1 && range[end - 2] == '-' ? range[..(end - 2)] : range[..end];
        }
        if (IsNorwegian(range) && available.FirstOrDefault(tag => IsNorwegian(Language(tag))) is { } norwegian)
            return Find("nb", available) ?? norwegian;
        return range.Length == 0
            ? null
            : available.FirstOrDefault(tag => Language(tag).Equals(range, StringComparison.OrdinalIgnoreCase));
    }

    private static string? Find(string range, IReadOnlyList<string> available) =>
        available.FirstOrDefault(tag => tag.Equals(range, StringComparison.OrdinalIgnoreCase));

    private static bool IsNorwegian(string language) => language.ToLowerInvariant() is "nb" or "no" or "nn";

    private static string Language(string tag) => tag.Split('-')[0];
}
