using System.Collections.Concurrent;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Pages;

/// <summary>Caches the chart of each campaign until its counts change.</summary>
internal sealed class CountCharts(CountHistory history)
{
    private readonly ConcurrentDictionary<long, Cached> _cache = new();

    public async ValueTask<CountChart> OfAsync(Campaign campaign)
    {
        var days = await history.OfAsync(campaign);
        if (_cache.TryGetValue(campaign.Id, out var cached) && ReferenceEquals(cached.Days, days))
            return cached.Chart;
        var chart = CountChart.From(days);
        _cache[campaign.Id] = new Cached(days, chart);
        return chart;
    }

    private sealed record Cached(IReadOnlyList<DayCount> Days, CountChart Chart);
}
