using System.Collections.Concurrent;
using System.Collections.ObjectModel;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Campaigns whose ledger must not grow, because the world has seen more of it than this database has: sealing on would publish a second
/// history. Found out at start by <see cref="LedgerRecovery"/>; shown by <c>/healthz/ready</c>.
/// </summary>
public sealed class SealingStops
{
    private readonly ConcurrentDictionary<long, int> _damaged = new();
    private volatile IReadOnlyDictionary<long, string>? _byCampaign;

    /// <summary>True also while nobody has looked yet: in doubt nothing is sealed.</summary>
    public bool Has(long campaignId) => _byCampaign is not { } stops || stops.ContainsKey(campaignId);

    /// <summary>A sentence for the operator for each; empty when all is well.</summary>
    public IReadOnlyList<string> Reasons =>
    [
        .. (_byCampaign ?? ReadOnlyDictionary<long, string>.Empty).OrderBy(pair => pair.Key).Select(pair => pair.Value),
        .. _damaged.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} entries of campaign {Ids.Text(pair.Key)} are damaged and wait; the others are sealed."),
    ];

    /// <summary>Notes how many entries of a campaign cannot be sealed as they are; true when that is news.</summary>
    internal bool Damaged(long campaignId, int entries)
    {
        if (entries == 0) return _damaged.TryRemove(campaignId, out _);
        var before = _damaged.GetValueOrDefault(campaignId);
        _damaged[campaignId] = entries;
        return before != entries;
    }

    /// <summary>Forgets the damage of campaigns that have nothing waiting any more: somebody took it away.</summary>
    internal void NothingWaitsBut(IEnumerable<long> campaigns)
    {
        foreach (var campaignId in _damaged.Keys.Except(campaigns)) _damaged.TryRemove(campaignId, out _);
    }

    internal void Set(IReadOnlyDictionary<long, string> byCampaign) => _byCampaign = byCampaign;
}
