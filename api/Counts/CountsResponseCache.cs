using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Campaigns.Api.Http;
using Campaigns.Db.Counts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Counts;

/// <summary>
/// The counts of every campaign as they are sent: written out once for each language and form when
/// they change or their moment moves on, so that however many ask, each costs no more than the
/// sending.
/// </summary>
internal sealed class CountsResponseCache(LiveCounts counts, IOptions<JsonOptions> json)
{
    private readonly ConcurrentDictionary<long, CachedCounts> _written = new();

    /// <summary>As JSON, or as CSV.</summary>
    public async ValueTask<CachedResponse> OfAsync(Campaign campaign, string locale, bool csv)
    {
        var written = await WrittenAsync(campaign);
        return csv ? written.Csv(locale) : written.Json(locale);
    }

    /// <summary>As JSON, with a word that changes when anything but the moment does.</summary>
    public async ValueTask<(CachedResponse Answer, string Fingerprint)> WithFingerprintAsync(
        Campaign campaign,
        string locale
    )
    {
        var written = await WrittenAsync(campaign);
        return (written.Json(locale), written.View(locale).Fingerprint);
    }

    private async ValueTask<CachedCounts> WrittenAsync(Campaign campaign)
    {
        var now = await counts.OfAsync(campaign);
        if (_written.TryGetValue(campaign.Id, out var written) && written.IsOf(campaign, now))
            return written;
        return _written[campaign.Id] = new CachedCounts(campaign, now, json);
    }

    /// <summary>Two who write the same at once make the same: the later one stays.</summary>
    private sealed class CachedCounts(Campaign campaign, PublicCounts counts, IOptions<JsonOptions> json)
    {
        private readonly ConcurrentDictionary<string, CountsView> _views = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, CachedResponse> _json = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, CachedResponse> _csv = new(StringComparer.Ordinal);

        public bool IsOf(Campaign other, PublicCounts now) =>
            ReferenceEquals(campaign, other) && ReferenceEquals(counts, now);

        public CountsView View(string locale) =>
            _views.GetOrAdd(locale, _ => CountsView.From(campaign, counts, locale));

        // Weak: the moment in the body moves on though nothing else does.
        public CachedResponse Json(string locale) =>
            _json.TryGetValue(locale, out var known)
                ? known
                : _json.GetOrAdd(locale, _ =>
                    CachedResponse.Json(View(locale), json, View(locale).Fingerprint, weak: true)
                );

        public CachedResponse Csv(string locale) =>
            _csv.TryGetValue(locale, out var known)
                ? known
                : _csv.GetOrAdd(locale, _ => new CachedResponse(
                    Encoding.UTF8.GetBytes(CsvOf(View(locale))),
                    "text/csv; charset=utf-8",
                    $"{View(locale).Fingerprint}-csv",
                    weak: true
                ));
    }

    private static string CsvOf(CountsView view)
    {
        var csv = new StringBuilder("country,name,confirmed,goal\r\n");
        foreach (var country in view.Countries)
        {
            // Names of countries may have commas, never quotes.
            var name = country.Name.Contains(',', StringComparison.Ordinal) ? $"\"{country.Name}\"" : country.Name;
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{country.Country},{name},{country.Confirmed},{country.Goal}\r\n"
            );
        }
        return csv.ToString();
    }
}
