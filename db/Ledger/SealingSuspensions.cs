using System.Collections.ObjectModel;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Campaigns whose ledger must not grow, because more of it was published than this database has:
/// more lines would fork it. <see cref="LedgerRecovery"/> finds them at start;
/// <c>/healthz/ready</c> shows them. <see cref="LedgerStore.FindBehind"/> lists those that other
/// processes found.
/// </summary>
public sealed class SealingSuspensions
{
    private IReadOnlyDictionary<long, long> _damaged = ReadOnlyDictionary<long, long>.Empty;
    private volatile IReadOnlyDictionary<long, string>? _byCampaign;

    /// <summary>True also before the first check: until then nothing is sealed.</summary>
    public bool Has(long campaignId) => _byCampaign is not { } suspended || suspended.ContainsKey(campaignId);

    /// <summary>One sentence for the operator per problem; empty without problems.</summary>
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
    /// The sentence for a campaign that another process suspended because of its journal.
    /// </summary>
    public static string StoppedByOtherProcess(string slug) =>
        $"Sealing of campaign {slug} is stopped: the journal of another machine has more of its ledger than this "
        + "database. Import the published lines there (ledger import, docs/operating.md).";

    /// <summary>
    /// The sentence for a campaign with damaged entries.
    /// </summary>
    internal static string Damaged(long entries, string campaign) =>
        $"{entries} entries of campaign {campaign} are damaged and not sealed; the others are sealed.";

    /// <summary>
    /// Sets the number of damaged entries per campaign; returns the numbers that changed.
    /// </summary>
    internal IReadOnlyList<KeyValuePair<long, long>> SetDamaged(IReadOnlyDictionary<long, long> byCampaign)
    {
        var before = Interlocked.Exchange(ref _damaged, byCampaign);
        return [.. byCampaign.Where(pair => before.GetValueOrDefault(pair.Key) != pair.Value)];
    }

    internal void Set(IReadOnlyDictionary<long, string> byCampaign) => _byCampaign = byCampaign;
}
