namespace Campaigns.Ledger;

/// <summary>
/// Checks a published ledger against a database that has only its first lines and remembers later
/// heads. Every line must be well formed and follow from the lines before it. The first lines must
/// equal the stored ones, and each remembered head must match. Lines after the newest remembered
/// head may be well formed but are unproven.
/// </summary>
/// <param name="held">The number of stored lines.</param>
/// <param name="heads">The remembered published roots in hex by size, including sizes that are
/// stored.</param>
public sealed class ConsistencyCheck(long held, ILookup<long, string> heads)
{
    private readonly LedgerReplay _replay = new();
    private readonly long _held = held;
    private readonly ILookup<long, string> _heads = heads;
    private long _verified = held;

    /// <summary>
    /// The size of the newest remembered head, but at least <c>held</c>. The ledger must have this
    /// many lines; lines after them are unproven.
    /// </summary>
    public long Proven { get; } = Math.Max(held, heads.Select(head => head.Key).DefaultIfEmpty(0).Max());

    public long Size => _replay.Size;

    /// <summary>The last accepted line; null before the first.</summary>
    public LedgerLine? Last => _replay.Last;

    /// <summary>Adds minus removes by country.</summary>
    public IReadOnlyDictionary<string, long> Counts => _replay.Counts;

    public string Root() => Convert.ToHexStringLower(_replay.Root());

    /// <summary>
    /// True when the last accepted line completes a remembered head beyond the stored lines.
    /// </summary>
    public bool AtHead => Size > _held && _heads.Contains(Size);

    /// <summary>
    /// Adds the next line. Returns null, or a sentence that names the wrong line.
    /// </summary>
    /// <param name="text">The line, without its line end.</param>
    /// <param name="own">The stored line with this number, or null after the last stored
    /// line.</param>
    public string? Add(string text, string? own)
    {
        if (own is not null && text != own)
            return $"Line {Size} is not the line {Size} that this database holds.";
        if (_replay.Add(text) is { } problem)
            return problem;
        if (!_heads.Contains(Size))
            return null;
        var root = Root();
        if (_heads[Size].All(remembered => remembered == root))
        {
            _verified = Math.Max(_verified, Size);
            return null;
        }
        return Size <= _held
            ? $"The lines 0 to {Size - 1} that this database holds do not match the published head "
                + $"with {Plural.Count(Size, "entry", "entries")}: no file can continue them."
            : $"Among the lines {_verified} to {Size - 1} one is not what was published: "
                + $"the head with {Plural.Count(Size, "entry", "entries")} has another root.";
    }

    /// <summary>
    /// Returns null when the ledger reached the newest remembered head, otherwise a sentence.
    /// </summary>
    public string? End() =>
        Size < Proven
            ? $"The file ends before line {Size}, "
                + $"but a ledger of {Plural.Count(Proven, "entry", "entries")} was published."
            : null;
}
