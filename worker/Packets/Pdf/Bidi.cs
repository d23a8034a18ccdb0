using System.Globalization;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The Unicode bidirectional algorithm (UAX #9) for one paragraph of a petition: strong, number and
/// neutral rules. Explicit embeddings are left out, because names may not contain them, and so are
/// bracket pairs. The classes come from ranges and categories, not from the machine's Unicode data.
/// </summary>
internal static class Bidi
{
    private enum Class
    {
        L,
        R,
        Al,
        En,
        An,
        Es,
        Et,
        Cs,
        Mark,
        Skip,
        Space,
        Neutral,
    }

    /// <summary>True when the first strong scalar is written right to left.</summary>
    public static bool IsRightToLeft(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var kind = ClassOf(rune);
            if (kind is Class.R or Class.Al)
                return true;
            if (kind is Class.L)
                return false;
        }
        return false;
    }

    /// <summary>
    /// True when the scalar runs left to right and needs no bidirectional rule. For a text of such
    /// scalars, <see cref="Levels"/> would be all zero.
    /// </summary>
    public static bool IsPlain(Rune rune) =>
        rune.Value < 0x590
        || (ClassOf(rune) is not (Class.R or Class.Al or Class.An) && rune.Value is not (0x200F or 0x061C));

    /// <summary>
    /// The embedding level of each scalar: even runs left to right, odd right to left.
    /// </summary>
    public static byte[] Levels(IReadOnlyList<Rune> text, bool rightToLeft)
    {
        var kinds = text.Select(ClassOf).ToArray();
        var outer = rightToLeft ? Class.R : Class.L;
        var typed = (Class[])kinds.Clone();
        Weak(kinds, outer);
        Neutrals(kinds, outer);
        var levels = new byte[kinds.Length];
        for (var i = 0; i < kinds.Length; i++)
        {
            levels[i] = rightToLeft
                ? (byte)(kinds[i] == Class.R ? 1 : 2)
                : (byte)(
                    kinds[i] switch
                    {
                        Class.L => 0,
                        Class.R => 1,
                        _ => 2,
                    }
                );
        }
        // L1: blanks at the end of the line get the paragraph's level.
        for (var i = kinds.Length - 1; i >= 0 && typed[i] is Class.Space or Class.Skip; i--)
            levels[i] = (byte)(rightToLeft ? 1 : 0);
        return levels;
    }

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

    // W1 to W7.
    private static void Weak(Class[] kinds, Class outer)
    {
        var previous = outer;
        var strong = outer;
        for (var i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] is Class.Mark or Class.Skip)
                kinds[i] = previous;
            else if (kinds[i] is Class.En && strong is Class.Al)
                kinds[i] = Class.An;
            if (kinds[i] is Class.L or Class.R or Class.Al)
                strong = kinds[i];
            previous = kinds[i];
        }
        for (var i = 0; i < kinds.Length; i++)
            if (kinds[i] is Class.Al)
                kinds[i] = Class.R;
        for (var i = 1; i + 1 < kinds.Length; i++)
        {
            var (before, after) = (kinds[i - 1], kinds[i + 1]);
            if (
                before == after
                && (
                    (kinds[i] is Class.Es && before is Class.En)
                    || (kinds[i] is Class.Cs && before is Class.En or Class.An)
                )
            )
                kinds[i] = before;
        }
        for (var i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] is not Class.Et)
                continue;
            var end = i;
            while (end + 1 < kinds.Length && kinds[end + 1] is Class.Et)
                end++;
            var number = (i > 0 && kinds[i - 1] is Class.En) || (end + 1 < kinds.Length && kinds[end + 1] is Class.En);
            Array.Fill(kinds, number ? Class.En : Class.Neutral, i, end - i + 1);
            i = end;
        }
        strong = outer;
        for (var i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] is Class.L or Class.R)
                strong = kinds[i];
            if (kinds[i] is Class.En && strong is Class.L)
                kinds[i] = Class.L;
        }
    }

    // N1 and N2: neutrals between equal directions get that direction, others the paragraph's. Numbers count as
    // right to left.
    private static void Neutrals(Class[] kinds, Class outer)
    {
        static bool Neutral(Class kind) => kind is Class.Es or Class.Cs or Class.Et or Class.Space or Class.Neutral;
        static Class Side(Class kind) => kind is Class.En or Class.An ? Class.R : kind;
        for (var i = 0; i < kinds.Length; i++)
        {
            if (!Neutral(kinds[i]))
                continue;
            var end = i;
            while (end + 1 < kinds.Length && Neutral(kinds[end + 1]))
                end++;
            var before = i > 0 ? Side(kinds[i - 1]) : outer;
            var after = end + 1 < kinds.Length ? Side(kinds[end + 1]) : outer;
            Array.Fill(kinds, before == after ? before : outer, i, end - i + 1);
            i = end;
        }
    }

    private static Class ClassOf(Rune rune) =>
        rune.Value switch
        {
            >= '0' and <= '9' or (>= 0x6F0 and <= 0x6F9) => Class.En,
            (>= 0x660 and <= 0x669) or 0x66B or 0x66C => Class.An,
            '+' or '-' or 0x2212 => Class.Es,
            '#' or '$' or '%' or 0xB0 or 0x66A or (>= 0xA2 and <= 0xA5) or (>= 0x20A0 and <= 0x20CF) => Class.Et,
            ',' or '.' or '/' or ':' or 0xA0 or 0x60C => Class.Cs,
            0x200E => Class.L,
            0x200F => Class.R,
            0x61C => Class.Al,
            _ => Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => Class.Mark,
                UnicodeCategory.Format or UnicodeCategory.Control => Class.Skip,
                UnicodeCategory.SpaceSeparator => Class.Space,
                _ when Arabic(rune.Value) => Class.Al,
                _ when Hebrew(rune.Value) => Class.R,
                UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.DecimalDigitNumber => Class.L,
                _ => Class.Neutral,
            },
        };

    private static bool Arabic(int scalar) =>
        scalar
            is (>= 0x600 and <= 0x7BF)
                or (>= 0x860 and <= 0x8FF)
                or (>= 0xFB50 and <= 0xFDFF)
                or (>= 0xFE70 and <= 0xFEFE)
                or (>= 0x10D00 and <= 0x10D3F)
                or (>= 0x10F30 and <= 0x10F6F)
                or (>= 0x1EC70 and <= 0x1ECBF)
                or (>= 0x1ED00 and <= 0x1ED4F)
                or (>= 0x1EE00 and <= 0x1EEFF);

    private static bool Hebrew(int scalar) =>
        scalar
            is (>= 0x590 and <= 0x5FF)
                or (>= 0x7C0 and <= 0x85F)
                or (>= 0xFB1D and <= 0xFB4F)
                or (>= 0x10800 and <= 0x10CFF)
                or (>= 0x10E80 and <= 0x10F2F)
                or (>= 0x10F70 and <= 0x10FFF)
                or (>= 0x1E800 and <= 0x1EFFF);
}
