using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Api.Http;
using Campaigns.Db.Counts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// Caches the responses of each campaign's history. Each interval, country and format is serialised
/// once when the counts change.
/// </summary>
internal sealed class HistoryResponseCache(CountHistory history, IOptions<JsonOptions> json)
{
    private readonly ConcurrentDictionary<long, CachedHistory> _cache = new();

    /// <summary>The history as JSON or CSV.</summary>
    public async ValueTask<CachedResponse> OfAsync(Campaign campaign, HistoryRequest request, bool csv)
    {
        var days = await history.OfAsync(campaign);
        if (!_cache.TryGetValue(campaign.Id, out var cached) || !cached.IsOf(campaign, days))
            cached = _cache[campaign.Id] = new CachedHistory(campaign, days, json);
        return cached.Of(request, csv);
    }

    /// <summary>
    /// Concurrent requests may create it twice with the same content; the last stays.
    /// </summary>
    private sealed class CachedHistory(Campaign campaign, IReadOnlyList<DayCount> days, IOptions<JsonOptions> json)
    {
        private readonly ConcurrentDictionary<(HistoryRequest Request, bool Csv), CachedResponse> _responses = new();

        public bool IsOf(Campaign other, IReadOnlyList<DayCount> now) =>
            ReferenceEquals(campaign, other) && ReferenceEquals(days, now);

        public CachedResponse Of(HistoryRequest request, bool csv) => _responses.GetOrAdd((request, csv), _ =>
            {
                var view = HistoryView.From(campaign, days, request);
                var text = Encoding.UTF8.GetBytes(view.ToCsv());
                var version = Convert.ToHexStringLower(SHA256.HashData(text))[..32];
                return csv
                    ? new CachedResponse(text, "text/csv; charset=utf-8", $"{version}-csv")
                    : CachedResponse.Json(view, json, version);
            });
    }
}
