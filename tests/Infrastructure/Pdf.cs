namespace Campaigns.Tests.Infrastructure;

/// <summary>Inspects PDFs with independent programs.</summary>
internal static class Pdf
{
    /// <summary>
    /// The text that <c>pdftotext</c> reads, without the direction marks it adds, with runs of
    /// blanks reduced to one.
    /// </summary>
    public static string Text(byte[] pdf) => On(pdf, path =>
        {
            var text = Command.Run("pdftotext", path, "-");
            var plain = new string([.. text.Where(sign => sign is < '\u202A' or > '\u202E')]);
            return string.Join(' ', plain.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        });

    /// <summary>Fails when <c>qpdf --check</c> reports anything.</summary>
    public static void Check(byte[] pdf) => On(pdf, path => Command.Run("qpdf", "--check", path));

    public static int Pages(byte[] pdf) =>
        On(pdf, path =>
            int.Parse(Command.Run("qpdf", "--show-npages", path), System.Globalization.CultureInfo.InvariantCulture)
        );

    /// <summary>One page at 150 dots per inch.</summary>
    public static Picture Draw(byte[] pdf, int page) => On(pdf, path =>
        {
            var number = page.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Command.Run(
                "pdftoppm",
                "-r",
                "150",
                "-gray",
                "-f",
                number,
                "-l",
                number,
                "-singlefile",
                path,
                path + ".drawn"
            );
            var bytes = File.ReadAllBytes(path + ".drawn.pgm");
            File.Delete(path + ".drawn.pgm");
            return Picture.Read(bytes);
        });

    private static T On<T>(byte[] pdf, Func<string, T> look)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, pdf);
            return look(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

/// <summary>A greyscale picture; 255 is white.</summary>
internal sealed record Picture(int Width, int Height, byte[] Grey)
{
    /// <summary>The first and last column and row with ink.</summary>
    public (int Left, int Top, int Right, int Bottom) Ink()
    {
        int left = Width,
            top = Height,
            right = -1,
            bottom = -1;
        for (var at = 0; at < Grey.Length; at++)
        {
            if (Grey[at] > 250)
                continue;
            var (y, x) = Math.DivRem(at, Width);
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
        }
        return (left, top, right, bottom);
    }

    /// <summary>True when no pixel of the rectangle has ink.</summary>
    public bool IsBlank(int left, int top, int right, int bottom)
    {
        for (var y = top; y < bottom; y++)
            if (Grey.AsSpan((y * Width) + left, right - left).IndexOfAnyInRange((byte)0, (byte)250) >= 0)
                return false;
        return true;
    }

    public static Picture Read(byte[] pgm)
    {
        var at = 3;
        int Number()
        {
            while (pgm[at] is < (byte)'0' or > (byte)'9')
                at++;
            var number = 0;
            for (; pgm[at] is >= (byte)'0' and <= (byte)'9'; at++)
                number = (10 * number) + pgm[at] - '0';
            return number;
        }
        var (width, height, _) = (Number(), Number(), Number());
        return new(width, height, pgm[(at + 1)..]);
    }
}
