using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Campaigns.Api.Http;
using Campaigns.Db.Counts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// Caches the counts responses of every campaign. Each language and format is serialised once when
/// the counts or their timestamp change, so a request costs only the sending.
/// </summary>
internal sealed class CountsResponseCache(LiveCounts counts, IOptions<JsonOptions> json)
{
    private readonly ConcurrentDictionary<long, CachedCounts> _cache = new();

    /// <summary>The counts as JSON or CSV.</summary>
    public async ValueTask<CachedResponse> OfAsync(Campaign campaign, string locale, bool csv)
    {
        var cached = await FindAsync(campaign);
        return csv ? cached.Csv(locale) : cached.Json(locale);
    }

    /// <summary>The counts as JSON, and a fingerprint of everything but the timestamp.</summary>
    public async ValueTask<(CachedResponse Response, string Fingerprint)> WithFingerprintAsync(
        Campaign campaign,
        string locale
    )
    {
        var cached = await FindAsync(campaign);
        return (cached.Json(locale), cached.View(locale).Fingerprint);
    }

    private async ValueTask<CachedCounts> FindAsync(Campaign campaign)
    {
        var now = await counts.OfAsync(campaign);
        if (_cache.TryGetValue(campaign.Id, out var cached) && cached.IsOf(campaign, now))
            return cached;
        return _cache[campaign.Id] = new CachedCounts(campaign, now, json);
    }

    /// <summary>
    /// Concurrent requests may create it twice with the same content; the last stays.
    /// </summary>
    private sealed class CachedCounts(Campaign campaign, PublicCounts counts, IOptions<JsonOptions> json)
    {
        private readonly ConcurrentDictionary<string, CountsView> _views = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, CachedResponse> _json = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, CachedResponse> _csv = new(StringComparer.Ordinal);

        public bool IsOf(Campaign other, PublicCounts now) =>
            ReferenceEquals(campaign, other) && ReferenceEquals(counts, now);

        public CountsView View(string locale) =>
            _views.GetOrAdd(locale, _ => CountsView.From(campaign, counts, locale));

        // A weak ETag, because the timestamp in the body may change while the counts do not.
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
        // With a byte order mark, without which spreadsheets do not read UTF-8.
        var csv = new StringBuilder("\uFEFFcountry,name,confirmed,goal\r\n");
        foreach (var country in view.Countries)
        {
            // Country names may contain commas, but no quotes, and none begins with the sign of a formula.
            var name = country.Name.Contains(',', StringComparison.Ordinal) ? $"\"{country.Name}\"" : country.Name;
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{country.Country},{name},{country.Confirmed},{country.Goal}\r\n"
            );
        }
        return csv.ToString();
    }
}
