using System.Collections.ObjectModel;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Campaigns whose ledger must not grow, because the world has seen more of it than this database
/// has: sealing on would publish a second history. Found out at start by
/// <see cref="LedgerRecovery"/>; shown by <c>/healthz/ready</c>. What other processes found out is
/// in <see cref="LedgerStore.FindBehind"/>.
/// </summary>
public sealed class SealingSuspensions
{
    private IReadOnlyDictionary<long, long> _damaged = ReadOnlyDictionary<long, long>.Empty;
    private volatile IReadOnlyDictionary<long, string>? _byCampaign;

    /// <summary>True also while nobody has looked yet: in doubt nothing is sealed.</summary>
    public bool Has(long campaignId) => _byCampaign is not { } stops || stops.ContainsKey(campaignId);

    /// <summary>A sentence for the operator for each; empty when all is well.</summary>
    public IReadOnlyList<string> Reasons =>
        [
            .. (_byCampaign ?? ReadOnlyDictionary<long, string>.Empty)
                .OrderBy(pair => pair.Key)
                .Select(pair => pair.Value),
            .. Volatile
                .Read(ref _damaged)
                .OrderBy(pair => pair.Key)
                .Select(pair => Damaged(pair.Value, Ids.Text(pair.Key))),
        ];

    /// <summary>
    /// The sentence for a campaign of which only another process's journal knows more than the
    /// database.
    /// </summary>
    public static string StoppedByOtherProcess(string slug) =>
        $"Sealing of campaign {slug} is stopped: the journal of another machine remembers more of its ledger than this database holds. "
        + "Import the published lines there (ledger import, docs/operating.md).";

    /// <summary>
    /// The sentence for a campaign with entries that cannot be sealed as they are.
    /// </summary>
    internal static string Damaged(long entries, string campaign) =>
        $"{entries} entries of campaign {campaign} are damaged and wait; the others are sealed.";

    /// <summary>
    /// Notes how many entries of which campaigns cannot be sealed as they are; returns what of it
    /// is news.
    /// </summary>
    internal IReadOnlyList<KeyValuePair<long, long>> SetDamaged(IReadOnlyDictionary<long, long> byCampaign)
    {
        var before = Interlocked.Exchange(ref _damaged, byCampaign);
        return [.. byCampaign.Where(pair => before.GetValueOrDefault(pair.Key) != pair.Value)];
    }

    internal void Set(IReadOnlyDictionary<long, string> byCampaign) => _byCampaign = byCampaign;
}
