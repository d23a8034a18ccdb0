using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The Unicode bidirectional algorithm (UAX #9) for one paragraph that is one line: which scalars
/// run right to left, and in which order they stand on the page.
/// </summary>
internal static class Bidi
{
    /// <summary>P2 and P3: true when the first strong scalar is written right to left.</summary>
    public static bool IsRightToLeft(string text) =>
        IsRightToLeft([.. text.EnumerateRunes().Select(BidiData.ClassOf)], 0);

    /// <summary>
    /// True when the scalar runs left to right and needs no bidirectional rule. For a text of such
    /// scalars, <see cref="Levels(IReadOnlyList{Rune}, bool)"/> would be all zero.
    /// </summary>
    public static bool IsPlain(Rune rune) =>
        rune.Value < 0x590
        || BidiData.ClassOf(rune)
            is BidiClass.L
                or BidiClass.EN
                or BidiClass.ES
                or BidiClass.ET
                or BidiClass.CS
                or BidiClass.NSM
                or BidiClass.BN
                or BidiClass.S
                or BidiClass.WS
                or BidiClass.ON;

    /// <summary>
    /// The embedding level of each scalar: even runs left to right, odd right to left.
    /// </summary>
    public static byte[] Levels(IReadOnlyList<Rune> text, bool rightToLeft) =>
        Levels([.. text.Select(BidiData.ClassOf)], text, rightToLeft);

    /// <summary>The same for classes.</summary>
    /// <param name="classes">The class of each scalar.</param>
    /// <param name="text">The scalars, for their brackets; null when there are none.</param>
    /// <param name="rightToLeft">The direction of the paragraph.</param>
    public static byte[] Levels(BidiClass[] classes, IReadOnlyList<Rune>? text, bool rightToLeft)
    {
        var paragraph = (byte)(rightToLeft ? 1 : 0);
        var resolved = new BidiEmbedding(classes, paragraph);
        foreach (var sequence in resolved.Sequences())
        {
            BidiWeakTypes.Resolve(sequence);
            if (text is not null)
                BidiBrackets.Resolve(sequence, classes, text);
            BidiNeutrals.Resolve(sequence);
            for (var i = 0; i < sequence.Length; i++)
                resolved.Levels[sequence.Indices[i]] += Raise(sequence.Types[i], sequence.Level);
        }
        Reset(classes, resolved.Levels, paragraph);
        return resolved.Levels;
    }

    /// <summary>
    /// X9: explicit formatting takes no part in the algorithm. Such a scalar has the level of the
    /// one before it.
    /// </summary>
    public static bool IsRemoved(BidiClass kind) =>
        kind is BidiClass.BN or BidiClass.LRE or BidiClass.LRO or BidiClass.RLE or BidiClass.RLO or BidiClass.PDF;

    /// <summary>L2: the order of runs with these levels from left to right.</summary>
    public static int[] VisualOrder(IReadOnlyList<byte> levels)
    {
        var order = Enumerable.Range(0, levels.Count).ToArray();
        for (var level = levels.DefaultIfEmpty((byte)0).Max(); level >= 1; level--)
        {
            for (var i = 0; i < order.Length; i++)
            {
                if (levels[order[i]] < level)
                    continue;
                var end = i;
                while (end + 1 < order.Length && levels[order[end + 1]] >= level)
                    end++;
                Array.Reverse(order, i, end - i + 1);
                i = end;
            }
        }
        return order;
    }

    /// <summary>P2 and P3 from a place up to the end of the isolate that it is in.</summary>
    public static bool IsRightToLeft(ReadOnlySpan<BidiClass> classes, int from)
    {
        var isolates = 0;
        for (var i = from; i < classes.Length; i++)
        {
            if (IsIsolate(classes[i]))
                isolates++;
            else if (classes[i] == BidiClass.PDI && --isolates < 0)
            {
                // At the start a PDI without its initiator changes nothing; in an isolate it ends the search.
                if (from > 0)
                    return false;
                isolates = 0;
            }
            else if (isolates == 0 && classes[i] is BidiClass.L or BidiClass.R or BidiClass.AL)
                return classes[i] != BidiClass.L;
        }
        return false;
    }

    /// <summary>LRI, RLI or FSI.</summary>
    public static bool IsIsolate(BidiClass kind) => kind is BidiClass.LRI or BidiClass.RLI or BidiClass.FSI;

    // I1 and I2.
    private static byte Raise(BidiClass kind, byte level) =>
        (kind, level & 1) switch
        {
            (BidiClass.R, 0) => 1,
            (BidiClass.AN or BidiClass.EN, 0) => 2,
            (BidiClass.L or BidiClass.AN or BidiClass.EN, 1) => 1,
            _ => 0,
        };

    // L1: separators, and blanks before them or at the end of the line, get the paragraph's level.
    private static void Reset(BidiClass[] classes, byte[] levels, byte paragraph)
    {
        var blanks = true;
        for (var i = classes.Length - 1; i >= 0; i--)
        {
            var kind = classes[i];
            if (kind is BidiClass.B or BidiClass.S)
                blanks = true;
            else if (kind != BidiClass.WS && kind != BidiClass.PDI && !IsIsolate(kind) && !IsRemoved(kind))
                blanks = false;
            if (blanks)
                levels[i] = paragraph;
        }
        for (var i = 0; i < classes.Length; i++)
            if (IsRemoved(classes[i]))
                levels[i] = i > 0 ? levels[i - 1] : paragraph;
    }
}
