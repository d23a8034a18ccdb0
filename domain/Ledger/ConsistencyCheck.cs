namespace Campaigns.Ledger;

/// <summary>
/// Holds a published ledger against somebody who has only the beginning of it, and remembers heads
/// of the rest: every line must be in the published form and follow from those before it, the
/// beginning must be the one that is held, and each remembered head must fit. Lines beyond the
/// newest remembered head may be well formed, but nothing proves them.
/// </summary>
/// <param name="held">How many lines are held.</param>
/// <param name="heads">Roots in hex by size, as remembered from when they were published; sizes
/// that are held included.</param>
public sealed class ConsistencyCheck(long held, ILookup<long, string> heads)
{
    private readonly LedgerReplay _replay = new();
    private readonly long _held = held;
    private readonly ILookup<long, string> _heads = heads;
    private long _fits = held;

    /// <summary>
    /// The size of the newest remembered head, at least <c>held</c>: so many lines the ledger must
    /// have, and no more are proven.
    /// </summary>
    public long Proven { get; } = Math.Max(held, heads.Select(head => head.Key).DefaultIfEmpty(0).Max());

    public long Size => _replay.Size;

    /// <summary>The last line taken; null before the first.</summary>
    public LedgerLine? Last => _replay.Last;

    /// <summary>Adds minus removes by country.</summary>
    public IReadOnlyDictionary<string, long> Counts => _replay.Counts;

    public string Root() => Convert.ToHexStringLower(_replay.Root());

    /// <summary>
    /// True when the last line taken completes a remembered head that reaches beyond what was held.
    /// </summary>
    public bool AtHead => Size > _held && _heads.Contains(Size);

    /// <summary>
    /// Takes the next line. Returns null, or a sentence that names the line which is not what it
    /// must be.
    /// </summary>
    /// <param name="text">The line, without its end.</param>
    /// <param name="own">The line that is held in its place; null beyond.</param>
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
            _fits = Math.Max(_fits, Size);
            return null;
        }
        return Size <= _held
            ? $"The lines 0 to {Size - 1} that this database holds are not those of the published head with {Size} entries: no file can continue them."
            : $"Among the lines {_fits} to {Size - 1} one is not what was published: the head with {Size} entries has another root.";
    }

    /// <summary>Null when the ledger reached the newest remembered head, or a sentence.</summary>
    public string? End() =>
        Size < Proven ? $"The file ends before line {Size}, and a ledger of {Proven} entries was published." : null;
}
