using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// The order in which a line must be written so that readers give back what was typed. Search and
/// copying in readers made from Xpdf (Poppler with <c>pdftotext</c>, Evince, Okular) reverse each
/// run that begins with a letter they know to be right to left. The run ends before a letter of
/// another direction or a number. They do so by tables older than today's Unicode and know no
/// brackets.
/// </summary>
internal static class ReaderOrder
{
    private const char EmbedLeftToRight = '\u202A',
        EndEmbedding = '\u202C',
        OverrideRightToLeft = '\u202E';

    /// <summary>
    /// Two marks that make readers see one letter more that runs left to right. Readers take a page
    /// with more letters of the other direction to run right to left as a whole, and then reverse
    /// its lines too.
    /// </summary>
    public const string Balance = "\u202A\u202C";

    // First and last character of each range that Xpdf's table has as right to left.
    private const string KnownRightToLeft =
        "\u05BE\u05BE\u05C0\u05C0\u05C3\u05C3\u05C5\u0603\u060D\u060D\u0616\u064A\u066D\u066F\u0671\u06D5\u06DD\u06DD"
        + "\u06E5\u06E6\u06EE\u06EF\u06FA\u070D\u0710\u0710\u0712\u072F\u074B\u07A5\u07B1\u07B1\uFB1D\uFB1D\uFB1F\uFB28"
        + "\uFB2A\uFD3D\uFD40\uFDCF\uFDF0\uFDFC\uFE6C\uFEFC";

    /// <summary>
    /// Returns the text with its runs reversed. Marks of direction stand where a reader would not
    /// end a run by itself.
    /// </summary>
    public static string Of(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        var order = new StringBuilder(text.Length + 8);
        var (afterRun, afterOverride) = (false, false);
        for (var start = 0; start < runes.Length;)
        {
            var reversed = Reverses(runes[start]);
            var end = reversed ? RunEnd(runes, start) : OtherEnd(runes, start);
            if (reversed)
            {
                // A run begins with a letter. Its last scalar comes first here, and can be a mark.
                afterOverride = !Reverses(runes[end - 1]);
                if (afterOverride)
                    order.Append(OverrideRightToLeft);
                for (var i = end - 1; i >= start; i--)
                    order.Append(runes[i].ToString());
                afterRun = true;
            }
            else
            {
                if (afterOverride)
                    order.Append(EndEmbedding);
                if (afterRun)
                    order.Append(EmbedLeftToRight);
                foreach (var rune in runes.AsSpan(start, end - start))
                    order.Append(rune.ToString());
                if (afterRun)
                    order.Append(EndEmbedding);
                afterOverride = false;
            }
            start = end;
        }
        if (afterOverride)
            order.Append(EndEmbedding);
        return EndsInHyphen(text) ? order.Append(Balance).ToString() : order.ToString();
    }

    /// <summary>
    /// True when readers would drop the hyphen, as if a word continued on the next line.
    /// </summary>
    public static bool EndsInHyphen(string text) => text.EndsWith('-');

    /// <summary>
    /// How many more letters a reader counts as left to right than as right to left; Latin letters
    /// with accents and other scripts are not counted.
    /// </summary>
    public static int LeftToRightSurplus(string text)
    {
        var surplus = 0;
        foreach (var sign in text)
            if (char.IsAsciiLetter(sign))
                surplus++;
            else if (sign >= KnownRightToLeft[0] && Reverses(new Rune(char.IsSurrogate(sign) ? ' ' : sign)))
                surplus--;
        return surplus;
    }

    private static int RunEnd(Rune[] runes, int start)
    {
        var end = start;
        for (var i = start; i < runes.Length; i++)
        {
            if (Reverses(runes[i]) || (i == end && IsNeutralMark(runes[i])))
                end = i + 1;
            else if (runes[i].Value != ' ' && !IsNeutralMark(runes[i]))
                break;
        }
        return end;
    }

    private static int OtherEnd(Rune[] runes, int start)
    {
        while (start < runes.Length && !Reverses(runes[start]))
            start++;
        return start;
    }

    private static bool Reverses(Rune rune)
    {
        if (rune.Value < KnownRightToLeft[0] || rune.Value > KnownRightToLeft[^1])
            return false;
        for (var i = 0; i < KnownRightToLeft.Length; i += 2)
            if (rune.Value >= KnownRightToLeft[i] && rune.Value <= KnownRightToLeft[i + 1])
                return true;
        return false;
    }

    // Marks that end no run. The Arabic marks from U+0659 to U+065F end one.
    private static bool IsNeutralMark(Rune rune) =>
        rune.Value is (>= 0x591 and <= 0x658) or (>= 0x660 and <= 0x6ED) or 0xFB1E
        && BidiData.ClassOf(rune) == BidiClass.NSM;
}
