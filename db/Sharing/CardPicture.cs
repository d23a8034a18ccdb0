using System.Text;
using SkiaSharp;

namespace Campaigns.Db.Sharing;

/// <summary>
/// Draws the picture that other sites show beside a link to a campaign. It shapes no text, so a
/// title in a script that needs it is left out.
/// </summary>
public sealed class CardPicture : IDisposable
{
    public const int Width = 1200;
    public const int Height = 630;

    private const int Margin = 80;
    private const int TitleTop = 210;
    private const int TitleBottom = 430;
    private const float LineHeight = 1.2f;
    private const float SmallText = 36;
    private const float CountText = 40;
    private const float LargestTitle = 68;
    private const float SmallestTitle = 32;

    private static readonly SKColor _ground = new(0x0b, 0x5a, 0x5a);
    private static readonly SKColor _track = new(0x08, 0x46, 0x46);
    private static readonly SKColor _soft = new(0xcf, 0xe4, 0xdf);

    // The first has letters, the others what it lacks.
    private readonly IReadOnlyList<SKTypeface> _faces;

    /// <param name="fonts">TrueType files, in the order in which a character is looked up.</param>
    public CardPicture(IEnumerable<byte[]> fonts) =>
        _faces = [.. fonts.Select(font => SKTypeface.FromData(SKData.CreateCopy(font)))];

    /// <summary>A PNG file.</summary>
    public byte[] Draw(CardWords words)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var canvas = surface.Canvas;
        canvas.Clear(_ground);
        if (words.Organisation is { } organisation && CanDraw(organisation))
            DrawLine(canvas, Cut(organisation, SmallText), SmallText, Margin + SmallText, _soft);
        if (CanDraw(words.Title))
            DrawTitle(canvas, words.Title);
        DrawLine(canvas, words.Count, CountText, Height - Margin - 50, SKColors.White);
        DrawBar(canvas, words.Part);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    public void Dispose()
    {
        foreach (var face in _faces)
            face.Dispose();
    }

    private void DrawTitle(SKCanvas canvas, string title)
    {
        var size = LargestTitle;
        var lines = Wrap(title, size);
        while (lines.Count * size * LineHeight > TitleBottom - TitleTop + size && size > SmallestTitle)
            lines = Wrap(title, size -= 4);
        var most = (int)((TitleBottom - TitleTop + size) / (size * LineHeight));
        if (lines.Count > most)
            lines = [.. lines[..(most - 1)], lines[most - 1] + "…"];
        foreach (var (place, line) in lines.Index())
            DrawLine(canvas, line, size, TitleTop + (place * size * LineHeight), SKColors.White);
    }

    private static void DrawBar(SKCanvas canvas, double part)
    {
        using var paint = new SKPaint { IsAntialias = true, Color = _track };
        var bar = new SKRect(Margin, Height - Margin - 20, Width - Margin, Height - Margin);
        canvas.DrawRoundRect(bar, 10, 10, paint);
        paint.Color = SKColors.White;
        bar.Right = bar.Left + (float)(bar.Width * Math.Clamp(part, 0, 1));
        canvas.DrawRoundRect(bar, 10, 10, paint);
    }

    private List<string> Wrap(string text, float size)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (Measure(longer, size) <= Width - (2 * Margin))
            {
                line = longer;
                continue;
            }
            if (line.Length > 0)
                lines.Add(line);
            line = word;
            // Scripts without spaces, and long words.
            while (Measure(line, size) > Width - (2 * Margin))
            {
                var part = Cut(line, size);
                lines.Add(part);
                line = line[part.Length..];
            }
        }
        return line.Length == 0 ? lines : [.. lines, line];
    }

    // As much of a text as fits into one line, at least one character.
    private string Cut(string text, float size)
    {
        var fits = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (fits.Length > 0 && Measure(fits + rune.ToString(), size) > Width - (2 * Margin))
                break;
            fits.Append(rune.ToString());
        }
        return fits.ToString();
    }

    private float Measure(string text, float size) => Walk(text, size, static (_, _, _) => { });

    private void DrawLine(SKCanvas canvas, string text, float size, float bottom, SKColor color)
    {
        using var paint = new SKPaint { IsAntialias = true, Color = color };
        Walk(text, size, (rune, font, x) => canvas.DrawText(rune, Margin + x, bottom, SKTextAlign.Left, font, paint));
    }

    private float Walk(string text, float size, Action<string, SKFont, float> visit)
    {
        var fonts = _faces.Select(face => new SKFont(face, size) { Subpixel = true }).ToList();
        try
        {
            var x = 0f;
            foreach (var rune in text.EnumerateRunes())
            {
                var font = fonts.FirstOrDefault(font => font.ContainsGlyph(rune.Value), fonts[0]);
                visit(rune.ToString(), font, x);
                x += font.MeasureText(rune.ToString());
            }
            return x;
        }
        finally
        {
            fonts.ForEach(font => font.Dispose());
        }
    }

    private bool CanDraw(string text)
    {
        var missing = text.EnumerateRunes().Select(rune => rune.Value).ToHashSet();
        foreach (var face in _faces)
        {
            using var font = new SKFont(face);
            missing.RemoveWhere(font.ContainsGlyph);
        }
        return missing.Count == 0;
    }
}
