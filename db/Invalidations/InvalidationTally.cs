using System.Text.Json;
using Campaigns.Db.Signatures;
using Campaigns.Invalidations;
using Campaigns.Signatures;

namespace Campaigns.Db.Invalidations;

/// <summary>What a bulk invalidation covers, added up page by page.</summary>
internal sealed class InvalidationTally
{
    private readonly SortedDictionary<string, long> _byCountry = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _firstLines = new(StringComparer.Ordinal);
    private readonly List<string> _sample = [];

    public long Covered { get; private set; }

    public long Confirmed { get; private set; }

    public string ByCountry => JsonSerializer.Serialize(_byCountry);

    public IReadOnlyList<string> Sample => _sample;

    /// <summary>
    /// By country of the ledger lines the first line of a covered signature: a packet with a later
    /// cut-off shows one of them.
    /// </summary>
    public IReadOnlyDictionary<string, long> FirstLines => _firstLines;

    public void Add(IEnumerable<SignatureRow> rows)
    {
        foreach (var row in rows)
        {
            Covered++;
            if (row.Phase.IsCounted())
                Confirmed++;
            _byCountry[row.Country] = _byCountry.GetValueOrDefault(row.Country) + 1;
            if (_sample.Count < InvalidationRules.SampleSize)
                _sample.Add(Ids.Text(row.Id));
            if (row is { LedgerN: { } n, LineCountry: { } country })
                _firstLines[country] = Math.Min(n, _firstLines.GetValueOrDefault(country, n));
        }
    }
}
