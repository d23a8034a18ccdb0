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
    /// The supported language nearest to a locale: Bokmål for <c>nb-NO</c>, <c>no</c> and
    /// <c>nn</c>, Dutch for <c>nl-BE</c>, otherwise English.
    /// </summary>
    public static string Nearest(string? locale)
    {
        var language = (locale ?? "").Split('-', '_')[0].ToLowerInvariant();
        if (language is "no" or "nn")
            return "nb";
        return Supports(language) ? language : Default;
    }
}
