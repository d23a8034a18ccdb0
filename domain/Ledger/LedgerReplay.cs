namespace Campaigns.Ledger;

/// <summary>
/// Replays a published ledger from its first line and computes its root and counts. Uses two bytes
/// a line.
/// </summary>
public sealed class LedgerReplay
{
    private readonly CompactRange _tree = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    // By line: the country of an add that is still counted, as two ASCII letters; 0 for removed adds and for removes.
    private readonly List<ushort> _activeCountries = [];

    public long Size => _tree.Size;

    /// <summary>The last accepted line; null before the first.</summary>
    public LedgerLine? Last { get; private set; }

    /// <summary>Adds minus removes by country.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public byte[] Root() => _tree.Root();

    /// <summary>
    /// Adds the next line. Returns null, or a sentence if the line is invalid here; an invalid line
    /// changes nothing.
    /// </summary>
    public string? Add(string text)
    {
        if (LedgerLine.Parse(text) is not { } line)
            return $"Line {Size} of the ledger file is no ledger entry.";
        if (line.N != Size)
            return $"Line {Size} of the ledger file has number {line.N}.";
        var country = (ushort)((line.Country[0] << 8) | line.Country[1]);
        if (line.Of is { } of)
        {
            if (_activeCountries[(int)of] != country)
                return $"Entry {line.N} removes {of}, which is not an active entry of that country.";
            _activeCountries[(int)of] = 0;
        }
        _activeCountries.Add(line.Of is null ? country : (ushort)0);
        _counts[line.Country] = _counts.GetValueOrDefault(line.Country) + (line.Of is null ? 1 : -1);
        _tree.Add(line.LeafHash());
        Last = line;
        return null;
    }
}
