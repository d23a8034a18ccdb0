namespace Campaigns.Ledger;

/// <summary>
/// Reads a published ledger from its first line on and keeps what anybody can compute from it: the
/// root and the counts. Two bytes a line.
/// </summary>
public sealed class LedgerReplay
{
    private readonly CompactRange _tree = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    // Country of every add that was not taken back, as two ASCII letters; 0 for removes and for adds that were.
    private readonly List<ushort> _standing = [];

    public long Size => _tree.Size;

    /// <summary>The last line taken; null before the first.</summary>
    public LedgerLine? Last { get; private set; }

    /// <summary>Adds minus removes by country.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public byte[] Root() => _tree.Root();

    /// <summary>
    /// Takes the next line. Returns null, or a sentence when no honest ledger has this line here;
    /// then nothing was taken.
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
            if (_standing[(int)of] != country)
                return $"Entry {line.N} removes {of}, which is not there to be removed.";
            _standing[(int)of] = 0;
        }
        _standing.Add(line.Of is null ? country : (ushort)0);
        _counts[line.Country] = _counts.GetValueOrDefault(line.Country) + (line.Of is null ? 1 : -1);
        _tree.Add(line.LeafHash());
        Last = line;
        return null;
    }
}
