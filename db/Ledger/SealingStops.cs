namespace Campaigns.Db.Ledger;

/// <summary>
/// Campaigns whose ledger must not grow, because the world has seen more of it than this database has: sealing on would publish a second
/// history. Found out at start by <see cref="LedgerRecovery"/>; shown by <c>/healthz/ready</c>.
/// </summary>
public sealed class SealingStops
{
    private volatile IReadOnlyDictionary<long, string>? _byCampaign;

    /// <summary>True also while nobody has looked yet: in doubt nothing is sealed.</summary>
    public bool Has(long campaignId) => _byCampaign is not { } stops || stops.ContainsKey(campaignId);

    /// <summary>A sentence for the operator for each; empty when all is well.</summary>
    public IReadOnlyList<string> Reasons => _byCampaign is { } stops ? [.. stops.OrderBy(pair => pair.Key).Select(pair => pair.Value)] : [];

    internal void Set(IReadOnlyDictionary<long, string> byCampaign) => _byCampaign = byCampaign;
}
