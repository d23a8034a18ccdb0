using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Both brackets of a pair get one direction, that of the text in them or around them: rule N0 of
/// UAX #9.
/// </summary>
internal static class BidiBrackets
{
    /// <summary>BD16: a sequence with more open brackets than this has no pairs.</summary>
    private const int MostOpen = 63;

    /// <param name="sequence">Its weak types are resolved.</param>
    /// <param name="classes">The class of each scalar of the paragraph.</param>
    /// <param name="text">The scalars of the paragraph.</param>
    public static void Resolve(BidiSequence sequence, BidiClass[] classes, IReadOnlyList<Rune> text)
    {
        foreach (var (open, close) in Pairs(sequence, text))
        {
            if (DirectionOf(sequence, open, close) is not { } direction)
                continue;
            Set(sequence, open, direction, classes);
            Set(sequence, close, direction, classes);
        }
    }

    // BD16, in the order of the opening brackets.
    private static List<(int Open, int Close)> Pairs(BidiSequence sequence, IReadOnlyList<Rune> text)
    {
        var pairs = new List<(int Open, int Close)>();
        var open = new List<(int Closing, int At)>();
        for (var i = 0; i < sequence.Length; i++)
        {
            if (sequence.Types[i] != BidiClass.ON)
                continue;
            var rune = text[sequence.Indices[i]];
            if (BidiData.ClosingOf(rune) is { } closing)
            {
                if (open.Count == MostOpen)
                    return [];
                open.Add((closing, i));
            }
            else if (BidiData.AsClosing(rune) is { } closed)
            {
                var at = open.FindLastIndex(bracket => bracket.Closing == closed);
                if (at < 0)
                    continue;
                pairs.Add((open[at].At, i));
                open.RemoveRange(at, open.Count - at);
            }
        }
        pairs.Sort();
        return pairs;
    }

    private static BidiClass? DirectionOf(BidiSequence sequence, int open, int close)
    {
        BidiClass? inside = null;
        for (var i = open + 1; i < close; i++)
        {
            var strong = BidiSequence.Strong(sequence.Types[i]);
            if (strong == sequence.Direction)
                return strong;
            inside ??= strong;
        }
        if (inside is null)
            return null;
        // The text in the brackets runs against the paragraph: so do they, when the text before them does too.
        var before = sequence.Start;
        for (var i = open - 1; i >= 0; i--)
        {
            if (BidiSequence.Strong(sequence.Types[i]) is not { } strong)
                continue;
            before = strong;
            break;
        }
        return before == inside ? inside : sequence.Direction;
    }

    // Marks on the bracket go with it.
    private static void Set(BidiSequence sequence, int at, BidiClass direction, BidiClass[] classes)
    {
        sequence.Types[at] = direction;
        for (var i = at + 1; i < sequence.Length && classes[sequence.Indices[i]] == BidiClass.NSM; i++)
            sequence.Types[i] = direction;
    }
}
