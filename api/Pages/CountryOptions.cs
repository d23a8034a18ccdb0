using System.Globalization;
using System.Net;
using System.Text;
using Campaigns.Db.Caching;
using Microsoft.AspNetCore.Components;

namespace Campaigns.Api.Pages;

/// <summary>
/// The 250 options of the country field: first the campaign's countries, where nearly all signers
/// live, then all others. Each group is sorted by the reader's alphabet (Åland is last in
/// Norwegian). As components they were nine tenths of a page's cost, so the HTML is rendered once
/// and cached.
/// </summary>
internal static class CountryOptions
{
    // Twelve kilobytes each.
    private const int MostCached = 256;

    private static readonly BoundedCache<(string Locale, string Listed), MarkupString> _unchosen = new(MostCached);

    private static readonly Dictionary<string, string[]> _sorted = Locales.Supported.ToDictionary(
        locale => locale,
        locale =>
            Country
                .Codes.OrderBy(
                    code => Country.Name(code, locale),
                    StringComparer.Create(CultureInfo.GetCultureInfo(locale), ignoreCase: true)
                )
                .ToArray()
    );

    /// <summary>
    /// <paramref name="chosen"/> comes from a submitted form: any text, or null. The group labels
    /// are in the reader's language.
    /// </summary>
    public static MarkupString Html(
        string locale,
        IReadOnlySet<string> listed,
        string? chosen,
        string listedLabel,
        string othersLabel
    )
    {
        if (!string.IsNullOrEmpty(chosen))
            return Write(locale, listed, chosen, listedLabel, othersLabel);
        var key = (locale, string.Join(',', listed.Order(StringComparer.Ordinal)));
        return _unchosen.GetOrAdd(
            key,
            static (_, of) => Write(of.locale, of.listed, null, of.listedLabel, of.othersLabel),
            (locale, listed, listedLabel, othersLabel)
        );
    }

    private static MarkupString Write(
        string locale,
        IReadOnlySet<string> listed,
        string? chosen,
        string listedLabel,
        string othersLabel
    )
    {
        var html = new StringBuilder(12_000);
        foreach (var (label, isListed) in ((string, bool)[])[(listedLabel, true), (othersLabel, false)])
        {
            html.Append("<optgroup label=\"").Append(WebUtility.HtmlEncode(label)).Append("\">");
            foreach (var code in _sorted[locale].Where(code => listed.Contains(code) == isListed))
                html.Append("<option value=\"")
                    .Append(code)
                    .Append(code == chosen ? "\" selected>" : "\">")
                    .Append(WebUtility.HtmlEncode(Country.Name(code, locale)))
                    .Append("</option>");
            html.Append("</optgroup>");
        }
        return new(html.ToString());
    }
}
