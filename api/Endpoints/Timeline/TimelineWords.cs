using System.Globalization;
using System.Resources;
using Campaigns.Api.Pages;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>
/// The words of timelines in one of <see cref="Locales.Supported"/>. JSON and the feed use them
/// too, outside of pages, so the language is a parameter and not that of the thread.
/// </summary>
public sealed class TimelineWords(string locale)
{
    private static readonly ResourceManager _texts = new(typeof(TimelineTexts));
    private static readonly ResourceManager _pages = new(typeof(PageTexts));

    private readonly CultureInfo _culture = CultureInfo.GetCultureInfo(locale);

    public string Locale => locale;

    public string Say(string key, params object[] arguments) =>
        string.Format(
            _culture,
            _texts.GetString(key, _culture) ?? throw new ArgumentException($"There is no text {key}.", nameof(key)),
            arguments
        );

    public string Number(long number) => number.ToString("N0", _culture);

    /// <summary>The number of a figure with its decimals, and its unit.</summary>
    public string Value(Figure figure) => $"{Number(figure.Value)} {figure.Unit}";

    /// <summary>A number with as many decimals as it has.</summary>
    public string Number(decimal number) => number.ToString("#,##0.######", _culture);

    public string Date(DateOnly date) => date.ToString(_pages.GetString("Format.Date", _culture), _culture);

    public string CountryName(string code) => Country.Name(code, locale);

    /// <summary>Publisher, kind and day of a source.</summary>
    public string Details(Source source) =>
        $"{source.Publisher}, {Say("SourceKind." + source.Kind)}, {Date(source.PublishedOn)}";
}
