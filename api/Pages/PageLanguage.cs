using System.Collections.Concurrent;
using System.Globalization;
using Campaigns.Api.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace Campaigns.Api.Pages;

/// <summary>
/// The language of a page: <c>?lang=nl</c> if the reader chose one, else the best match of
/// Accept-Language, else English. Only links and form addresses carry the choice; no cookie stores
/// it.
/// </summary>
public sealed class PageLanguage : RequestCultureProvider
{
    public const string Key = "lang";

    // Browsers send a few hundred different headers. The first 512 short ones are cached; others are parsed each time.
    private const int LongestKnown = 64;
    private const int MostKnown = 512;

    private static readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>
    /// Sets only the UI culture to the reader's language. The culture for numbers and dates stays
    /// invariant, so that no response of the API depends on a language.
    /// </summary>
    public static RequestLocalizationOptions Localization() =>
        new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(
                CultureInfo.InvariantCulture,
                CultureInfo.GetCultureInfo(Locales.Default)
            ),
            SupportedCultures = [CultureInfo.InvariantCulture],
            SupportedUICultures = [.. Locales.Supported.Select(CultureInfo.GetCultureInfo)],
            RequestCultureProviders = [new PageLanguage()],
        };

    public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) =>
        Task.FromResult<ProviderCultureResult?>(new(Choose(httpContext.Request)));

    /// <summary>The language a request asks for; one of <see cref="Locales.Supported"/>.</summary>
    public static string Choose(HttpRequest request) =>
        (request.QueryString.HasValue ? Chosen(request) : null) ?? Accepted(request);

    /// <summary>
    /// The language of the current page; one of <see cref="Locales.Supported"/>.
    /// </summary>
    public static string Current => Locales.Nearest(CultureInfo.CurrentUICulture.Name);

    /// <summary>
    /// An address on this site with the reader's choice of language; a fragment stays at the end.
    /// </summary>
    public static string Link(HttpRequest request, string path) =>
        Chosen(request) is { } locale ? Link(request, path, locale) : request.PublicAddress(path);

    /// <summary>An address on this site in that language.</summary>
    public static string Link(HttpRequest request, string path, string locale)
    {
        path = request.PublicAddress(path);
        var fragment = path.IndexOf('#', StringComparison.Ordinal);
        var (address, rest) = fragment < 0 ? (path, "") : (path[..fragment], path[fragment..]);
        return $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Key}={locale}{rest}";
    }

    private static string? Chosen(HttpRequest request) =>
        request.Query[Key] is [{ } locale] && Locales.Supports(locale) ? locale : null;

    private static string Accepted(HttpRequest request)
    {
        var header = request.Headers.AcceptLanguage;
        if (header.Count == 0)
            return Locales.Default;
        if (header.Count > 1 || header[0] is not { Length: < LongestKnown } text)
            return Best(request);
        if (_known.TryGetValue(text, out var known))
            return known;
        var best = Best(request);
        if (_known.Count < MostKnown)
            _known[text] = best;
        return best;
    }

    private static string Best(HttpRequest request)
    {
        foreach (
            var language in request
                .GetTypedHeaders()
                .AcceptLanguage.OrderByDescending(language => language.Quality ?? 1)
        )
            if (language.Quality is not 0 && Match(language.Value) is { } locale)
                return locale;
        return Locales.Default;
    }

    /// <summary>
    /// Null for an unsupported language, so that the reader's next language is tried before
    /// English.
    /// </summary>
    private static string? Match(StringSegment language) =>
        Locales.Nearest(language.Value) switch
        {
            Locales.Default when !language.StartsWith(Locales.Default, StringComparison.OrdinalIgnoreCase) => null,
            var locale => locale,
        };
}
