namespace Campaigns.Ledger;

/// <summary>Reads a published ledger from its first line on and keeps what anybody can compute from it: the root and the counts.</summary>
public sealed class LedgerReplay
{
    private readonly MerkleFrontier _tree = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    // Country of every add that was not taken back; null for removes and for adds that were.
    private readonly List<string?> _standing = [];

    public long Size => _tree.Size;

    /// <summary>Adds minus removes by country.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public byte[] Root() => _tree.Root();

    /// <summary>Takes the next line. Returns null, or a sentence when no honest ledger has this line here.</summary>
    public string? Add(string text)
    {
        if (LedgerLine.Parse(text) is not { } line) return $"Line {Size} of the ledger file is no ledger entry.";
        if (line.N != Size) return $"Line {Size} of the ledger file has number {line.N}.";
        if (line.Of is { } of)
        {
            if (_standing[(int)of] != line.Country) return $"Entry {line.N} removes {of}, which is not there to be removed.";
            _standing[(int)of] = null;
        }
        _standing.Add(line.Of is null ? line.Country : null);
        _counts[line.Country] = _counts.GetValueOrDefault(line.Country) + (line.Of is null ? 1 : -1);
        _tree.Add(line.LeafHash());
        return null;
    }
}
