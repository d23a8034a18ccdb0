using System.Globalization;
using System.Runtime.CompilerServices;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>A text broken into lines that fit a width. Heights are points.</summary>
public sealed record TextBlock
{
    public required string Text { get; init; }
    public required double Size { get; init; }
    public required IReadOnlyList<ShapedText> Lines { get; init; }

    /// <summary>The width of the widest line, in thousandths of the type size.</summary>
    public required int Widest { get; init; }

    /// <summary>The distance of each baseline from the block's top.</summary>
    public required IReadOnlyList<double> Baselines { get; init; }
    public required double Height { get; init; }

    /// <summary>
    /// Breaks at blanks and hyphens, and inside a word only when the word is wider than the line.
    /// Nothing is cut off: a text higher than <paramref name="maxHeight"/> is set smaller. The
    /// distance between lines grows where ink reaches beyond them.
    /// </summary>
    /// <param name="type">Shapes the lines.</param>
    /// <param name="text">One paragraph.</param>
    /// <param name="size">Type size in points.</param>
    /// <param name="width">Width in points.</param>
    /// <param name="leading">Distance between baselines in points.</param>
    /// <param name="maxHeight">Height in points.</param>
    public static TextBlock Fit(
        Typesetter type,
        string text,
        double size,
        double width,
        double leading,
        double maxHeight
    )
    {
        while (true)
        {
            var block = Break(type, text, size, width, leading);
            var wide = block.Widest * size / 1000;
            if ((block.Height <= maxHeight && wide <= width) || size < 0.5)
                return block;
            var factor = Math.Clamp(Math.Min(maxHeight / block.Height, width / wide), 0.5, 0.95);
            (size, leading) = (size * factor, leading * factor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TextBlock Break(Typesetter type, string text, double size, double width, double leading)
    {
        var most = (int)(width * 1000 / size);
        var whole = type.Shape(text);
        var lines = whole.Width <= most ? [whole] : Wrap(type, text, most);
        var baselines = new double[lines.Count];
        var usual = leading * 0.76;
        var at = 0.0;
        for (var i = 0; i < lines.Count; i++)
        {
            // The ink of a line must not touch the line above it or the block's edges.
            var drop =
                i == 0
                    ? Math.Max(usual, Reach(lines[i].Top, size))
                    : Math.Max(leading, Reach(lines[i].Top - lines[i - 1].Bottom, size));
            baselines[i] = at += drop;
        }
        var height = at + Math.Max(leading - usual, Reach(-lines[^1].Bottom, size));
        return new()
        {
            Text = text,
            Size = size,
            Lines = lines,
            Widest = lines.Max(line => line.Width),
            Baselines = baselines,
            Height = height,
        };
    }

    private static double Reach(int thousandths, double size) => (thousandths * size / 1000) + 0.6;

    private static List<ShapedText> Wrap(Typesetter type, string text, int most)
    {
        var rightToLeft = Bidi.IsRightToLeft(text);
        var lines = new List<ShapedText>();
        var line = "";
        var width = 0;
        foreach (var piece in Pieces(text))
        {
            var pieceWidth = type.Shape(piece.TrimEnd(' '), rightToLeft).Width;
            if (width + pieceWidth > most && line.Length > 0)
            {
                lines.Add(type.Shape(line.TrimEnd(' '), rightToLeft));
                (line, width) = ("", 0);
            }
            var rest = piece;
            while (pieceWidth > most)
            {
                var head = Head(type, rest, most, rightToLeft);
                lines.Add(type.Shape(head, rightToLeft));
                rest = rest[head.Length..];
                pieceWidth = type.Shape(rest.TrimEnd(' '), rightToLeft).Width;
            }
            line += rest;
            width += type.Shape(rest, rightToLeft).Width;
        }
        if (line.Length > 0)
            lines.Add(type.Shape(line.TrimEnd(' '), rightToLeft));
        return lines;
    }

    // Each word with the blanks after it; a hyphenated word in its parts.
    private static IEnumerable<string> Pieces(string text)
    {
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == ' ' || (text[i - 1] != ' ' && (text[i - 1] != '-' || i - start < 2)))
                continue;
            yield return text[start..i];
            start = i;
        }
        yield return text[start..];
    }

    // As many whole characters as fit. If not even one fits, as many scalars as fit, but at least one: this happens to
    // the codes printed for many marks that no font has.
    private static string Head(Typesetter type, string word, int most, bool rightToLeft)
    {
        var end = Fitting(StringInfo.GetNextTextElementLength);
        return word[..(end > 0 ? end : Math.Max(Fitting(ScalarLength), ScalarLength(word, 0)))];

        int Fitting(Func<string, int, int> step)
        {
            var fits = 0;
            while (fits < word.Length)
            {
                var next = fits + step(word, fits);
                if (type.Shape(word[..next], rightToLeft).Width > most)
                    break;
                fits = next;
            }
            return fits;
        }
    }

    private static int ScalarLength(string text, int at) => char.IsSurrogatePair(text, at) ? 2 : 1;
}
