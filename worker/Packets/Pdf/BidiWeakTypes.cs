namespace Campaigns.Worker.Packets.Pdf;

/// <summary>Numbers, their signs and marks: rules W1 to W7 of UAX #9.</summary>
internal static class BidiWeakTypes
{
    public static void Resolve(BidiSequence sequence)
    {
        var types = sequence.Types;
        MarksAndArabicNumbers(types, sequence.Start);
        SeparatorsInNumbers(types);
        TerminatorsOfNumbers(types);
        NumbersInLatin(types, sequence.Start);
    }

    // W1 to W3.
    private static void MarksAndArabicNumbers(BidiClass[] types, BidiClass start)
    {
        var previous = start;
        var strong = start;
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] == BidiClass.NSM)
                types[i] = Bidi.IsIsolate(previous) || previous == BidiClass.PDI ? BidiClass.ON : previous;
            previous = types[i];
            if (types[i] is BidiClass.L or BidiClass.R or BidiClass.AL)
                strong = types[i];
            else if (types[i] == BidiClass.EN && strong == BidiClass.AL)
                types[i] = BidiClass.AN;
        }
        Replace(types, BidiClass.AL, BidiClass.R);
    }

    // W4.
    private static void SeparatorsInNumbers(BidiClass[] types)
    {
        for (var i = 1; i + 1 < types.Length; i++)
        {
            var (before, after) = (types[i - 1], types[i + 1]);
            var separates = types[i] switch
            {
                BidiClass.ES => before == BidiClass.EN,
                BidiClass.CS => before is BidiClass.EN or BidiClass.AN,
                _ => false,
            };
            if (separates && before == after)
                types[i] = before;
        }
    }

    // W5 and W6.
    private static void TerminatorsOfNumbers(BidiClass[] types)
    {
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] != BidiClass.ET)
                continue;
            var end = i;
            while (end + 1 < types.Length && types[end + 1] == BidiClass.ET)
                end++;
            var beside =
                (i > 0 && types[i - 1] == BidiClass.EN) || (end + 1 < types.Length && types[end + 1] == BidiClass.EN);
            Array.Fill(types, beside ? BidiClass.EN : BidiClass.ON, i, end - i + 1);
            i = end;
        }
        Replace(types, BidiClass.ES, BidiClass.ON);
        Replace(types, BidiClass.CS, BidiClass.ON);
    }

    // W7.
    private static void NumbersInLatin(BidiClass[] types, BidiClass start)
    {
        var strong = start;
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] is BidiClass.L or BidiClass.R)
                strong = types[i];
            else if (types[i] == BidiClass.EN && strong == BidiClass.L)
                types[i] = BidiClass.L;
        }
    }

    private static void Replace(BidiClass[] types, BidiClass from, BidiClass to)
    {
        for (var i = 0; i < types.Length; i++)
            if (types[i] == from)
                types[i] = to;
    }
}
