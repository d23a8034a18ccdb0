namespace Campaigns;

/// <summary>
/// The languages our pages, letters and packets speak. A campaign's texts may come in more; then
/// ours fall back to English.
/// </summary>
public static class Locales
{
    public const string Default = "en";

    public static IReadOnlyList<string> Supported { get; } = ["en", "nl", "nb"];

    public static bool Supports(string locale) => Supported.Contains(locale);

    /// <summary>
    /// The supported language nearest to a locale: <c>nb-NO</c>, <c>no</c> and <c>nn</c> read
    /// Bokmål, <c>nl-BE</c> Dutch; otherwise English.
    /// </summary>
    public static string Nearest(string? locale)
    {
        var language = (locale ?? "").Split('-', '_')[0].ToLowerInvariant();
        if (language is "no" or "nn")
            return "nb";
        return Supports(language) ? language : Default;
    }
}
