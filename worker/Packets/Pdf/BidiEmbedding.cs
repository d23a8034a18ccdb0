namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The explicit levels of a paragraph and its isolating run sequences (UAX #9, rules X1 to X10).
/// </summary>
internal sealed class BidiEmbedding
{
    /// <summary>max_depth of BD2.</summary>
    private const int MaxDepth = 125;

    private readonly BidiClass[] _classes;
    private readonly BidiClass[] _types;
    private readonly byte _paragraph;

    // For an isolate initiator the place of its PDI and the reverse; -1 without one.
    private readonly int[] _match;

    public BidiEmbedding(BidiClass[] classes, byte paragraph)
    {
        _classes = classes;
        _types = (BidiClass[])classes.Clone();
        _paragraph = paragraph;
        _match = Matches(classes);
        Levels = new byte[classes.Length];
        Embed();
    }

    /// <summary>The level of each scalar, which the rules of the sequences raise.</summary>
    public byte[] Levels { get; }

    /// <summary>X10, of the scalars that X9 leaves.</summary>
    public IEnumerable<BidiSequence> Sequences()
    {
        var kept = Enumerable.Range(0, _classes.Length).Where(i => !Bidi.IsRemoved(_classes[i])).ToArray();
        var runs = Runs(kept);
        var runAt = new Dictionary<int, int>();
        for (var run = 0; run < runs.Count; run++)
            runAt[kept[runs[run].Start.Value]] = run;
        var sequences = new List<BidiSequence>();
        foreach (var run in runs)
        {
            var first = kept[run.Start.Value];
            if (_classes[first] == BidiClass.PDI && _match[first] >= 0)
                continue;
            var indices = new List<int>(kept[run]);
            while (Bidi.IsIsolate(_classes[indices[^1]]) && _match[indices[^1]] >= 0)
                indices.AddRange(kept[runs[runAt[_match[indices[^1]]]]]);
            sequences.Add(Sequence([.. indices], kept));
        }
        return sequences;
    }

    private BidiSequence Sequence(int[] indices, int[] kept)
    {
        var level = Levels[indices[0]];
        var before = Array.BinarySearch(kept, indices[0]) - 1;
        var after = Array.BinarySearch(kept, indices[^1]) + 1;
        var levelBefore = before >= 0 ? Levels[kept[before]] : _paragraph;
        // The text of an isolate without an end is not what follows its initiator.
        var levelAfter =
            after < kept.Length && !Bidi.IsIsolate(_classes[indices[^1]]) ? Levels[kept[after]] : _paragraph;
        return new(
            indices,
            [.. indices.Select(i => _types[i])],
            level,
            BidiSequence.Of(Math.Max(level, levelBefore)),
            BidiSequence.Of(Math.Max(level, levelAfter))
        );
    }

    // BD7: neighbours of one level.
    private List<Range> Runs(int[] kept)
    {
        var runs = new List<Range>();
        for (var start = 0; start < kept.Length;)
        {
            var end = start + 1;
            while (end < kept.Length && Levels[kept[end]] == Levels[kept[start]])
                end++;
            runs.Add(start..end);
            start = end;
        }
        return runs;
    }

    // BD9.
    private static int[] Matches(BidiClass[] classes)
    {
        var match = new int[classes.Length];
        Array.Fill(match, -1);
        var open = new Stack<int>();
        for (var i = 0; i < classes.Length; i++)
        {
            if (Bidi.IsIsolate(classes[i]))
                open.Push(i);
            else if (classes[i] == BidiClass.PDI && open.TryPop(out var initiator))
                (match[initiator], match[i]) = (i, initiator);
        }
        return match;
    }

    private readonly record struct Status(byte Level, BidiClass? Override, bool Isolate);

    // X1 to X8.
    private void Embed()
    {
        var stack = new Stack<Status>();
        stack.Push(new(_paragraph, null, false));
        int overflowIsolates = 0,
            overflowEmbeddings = 0,
            validIsolates = 0;
        for (var i = 0; i < _classes.Length; i++)
        {
            var kind = _classes[i];
            switch (kind)
            {
                case BidiClass.RLE or BidiClass.LRE or BidiClass.RLO or BidiClass.LRO:
                    Levels[i] = stack.Peek().Level;
                    if (overflowIsolates > 0 || overflowEmbeddings > 0)
                        overflowEmbeddings += overflowIsolates == 0 ? 1 : 0;
                    else if (Next(stack.Peek().Level, kind is BidiClass.RLE or BidiClass.RLO) is { } embedded)
                        stack.Push(new(embedded, OverrideOf(kind), false));
                    else
                        overflowEmbeddings++;
                    break;
                case BidiClass.RLI or BidiClass.LRI or BidiClass.FSI:
                    Place(i, stack.Peek());
                    if (
                        overflowIsolates == 0
                        && overflowEmbeddings == 0
                        && Next(stack.Peek().Level, IsRightToLeft(i)) is { } isolated
                    )
                    {
                        validIsolates++;
                        stack.Push(new(isolated, null, true));
                    }
                    else
                        overflowIsolates++;
                    break;
                case BidiClass.PDI:
                    if (overflowIsolates > 0)
                        overflowIsolates--;
                    else if (validIsolates > 0)
                    {
                        overflowEmbeddings = 0;
                        while (!stack.Pop().Isolate) { }
                        validIsolates--;
                    }
                    Place(i, stack.Peek());
                    break;
                case BidiClass.PDF:
                    Levels[i] = stack.Peek().Level;
                    if (overflowIsolates > 0)
                        break;
                    if (overflowEmbeddings > 0)
                        overflowEmbeddings--;
                    else if (!stack.Peek().Isolate && stack.Count > 1)
                        stack.Pop();
                    break;
                case BidiClass.B:
                    Levels[i] = _paragraph;
                    break;
                case BidiClass.BN:
                    Levels[i] = stack.Peek().Level;
                    break;
                default:
                    Place(i, stack.Peek());
                    break;
            }
        }
    }

    private void Place(int i, Status status)
    {
        Levels[i] = status.Level;
        _types[i] = status.Override ?? _types[i];
    }

    private bool IsRightToLeft(int isolate) =>
        _classes[isolate] == BidiClass.RLI
        || (_classes[isolate] == BidiClass.FSI && Bidi.IsRightToLeft(_classes, isolate + 1));

    private static BidiClass? OverrideOf(BidiClass kind) =>
        kind switch
        {
            BidiClass.RLO => BidiClass.R,
            BidiClass.LRO => BidiClass.L,
            _ => null,
        };

    // The next odd or even level; null past the deepest.
    private static byte? Next(byte level, bool odd)
    {
        var next = odd ? (level + 1) | 1 : (level + 2) & ~1;
        return next <= MaxDepth ? (byte)next : null;
    }
}
