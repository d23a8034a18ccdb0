using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Turns text into glyphs in visual order. Each character is set in the first font that has it;
/// <see cref="HarfBuzz"/> shapes runs that need it. A scalar that no font has is printed as
/// <c>[U+1F600]</c>, so that no typed character disappears; copying it gives the typed text. Not
/// thread-safe.
/// </summary>
/// <param name="fonts">The fonts in order of preference.</param>
public sealed class Typesetter(IReadOnlyList<Lazy<TrueTypeFont>> fonts)
{
    private readonly FontFallback _fallback = new(fonts);
    private readonly Dictionary<int, (Glyph Glyph, int Low, int High)> _simple = [];

    /// <summary>Shapes one line.</summary>
    /// <param name="text">Without line breaks.</param>
    /// <param name="rightToLeft">The direction of the paragraph; null means that of the first
    /// strong scalar.</param>
    public ShapedText Shape(string text, bool? rightToLeft = null) =>
        Simple(text) ?? Full(text, rightToLeft ?? Bidi.IsRightToLeft(text));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ShapedText? Simple(string text)
    {
        var glyphs = new Glyph[text.Length];
        int count = 0,
            width = 0,
            top = 0,
            bottom = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!_simple.TryGetValue(rune.Value, out var found))
            {
                var (font, glyph) = _fallback.Find(rune);
                if (font is null || NeedsShaping(rune))
                    return null;
                var (low, high) = font.Ink(glyph);
                _simple[rune.Value] = found = (new(font, glyph, font.Advance(glyph), 0, 0, rune.ToString()), low, high);
            }
            glyphs[count++] = found.Glyph;
            width += found.Glyph.Advance;
            top = Math.Max(top, found.High);
            bottom = Math.Min(bottom, found.Low);
        }
        return new()
        {
            Text = text,
            Glyphs = new ArraySegment<Glyph>(glyphs, 0, count),
            Width = width,
            Top = top,
            Bottom = bottom,
            ActualText = HasReadableSpaces(text) && !ReaderOrder.EndsInHyphen(text) ? null : ReaderOrder.Of(text),
        };
    }

    // PDF viewers deduce blanks from gaps. They merge two blanks into one, drop blanks at the ends, and read single
    // letters with blanks between them as one spaced word.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool HasReadableSpaces(string text)
    {
        var letters = 0;
        var words = false;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\u00A0')
                return false;
            if (i < text.Length && text[i] != ' ')
            {
                letters++;
                continue;
            }
            if (letters == 0)
                return false;
            words |= letters > 1 || text.Length == 1;
            letters = 0;
        }
        return words;
    }

    private ShapedText Full(string text, bool rightToLeft)
    {
        var runes = text.EnumerateRunes().ToArray();
        var levels = Bidi.Levels(runes, rightToLeft);
        var runs = Runs(text, runes, levels);
        var glyphs = new List<Glyph>(runes.Length);
        foreach (var run in Bidi.VisualOrder([.. runs.Select(run => run.Level)]))
            Set(text, runs[run], glyphs);
        int pen = 0,
            width = 0,
            top = 0,
            bottom = 0;
        foreach (var glyph in glyphs)
        {
            var (low, high) = glyph.Font.Ink(glyph.Id);
            top = Math.Max(top, high + glyph.Y);
            bottom = Math.Min(bottom, low + glyph.Y);
            pen += glyph.Advance;
            width = Math.Max(width, pen);
        }
        var hasRightToLeft = runs.Any(run => (run.Level & 1) == 1);
        return new()
        {
            Text = text,
            Glyphs = glyphs,
            Width = width,
            Top = top,
            Bottom = bottom,
            ActualText = hasRightToLeft ? RightToLeftText(text, glyphs) : text,
            HasRightToLeft = hasRightToLeft,
            RightToLeft = rightToLeft,
        };
    }

    // Null when a reader finds the text by the glyphs: it reverses their text, and puts the blanks where the gaps are.
    // A glyph without text of its own reads as a blank without width, so such a line needs its text.
    private static string? RightToLeftText(string text, List<Glyph> glyphs)
    {
        var order = ReaderOrder.Of(text);
        return
            HasReadableSpaces(text)
            && glyphs.TrueForAll(glyph => glyph.Text.Length > 0)
            && string.Concat(glyphs.Select(glyph => glyph.Text)) == order
            ? null
            : order;
    }

    /// <param name="Start">First UTF-16 unit.</param>
    /// <param name="Length">UTF-16 units.</param>
    /// <param name="Font">Null for scalars that no font has.</param>
    /// <param name="Level">The level from <see cref="Bidi"/>.</param>
    private readonly record struct Run(int Start, int Length, TrueTypeFont? Font, byte Level);

    private List<Run> Runs(string text, Rune[] runes, byte[] levels)
    {
        var runs = new List<Run>();
        int rune = 0,
            at = 0;
        while (at < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            var font = _fallback.Choose(runes.AsSpan(rune), length, runs.Count > 0 ? runs[^1].Font : null);
            if (runs.Count > 0 && runs[^1].Font == font && runs[^1].Level == levels[rune])
                runs[^1] = runs[^1] with { Length = runs[^1].Length + length };
            else
                runs.Add(new(at, length, font, levels[rune]));
            at += length;
            for (var units = 0; units < length; rune++)
                units += runes[rune].Utf16SequenceLength;
        }
        return runs;
    }

    private void Set(string text, Run run, List<Glyph> glyphs)
    {
        var part = text.AsSpan(run.Start, run.Length);
        if (run.Font is null)
            LayOutOneByOne(part, glyphs);
        else
            Shaped(run.Font, part, (run.Level & 1) == 1, glyphs);
    }

    private void Shaped(TrueTypeFont font, ReadOnlySpan<char> part, bool rightToLeft, List<Glyph> glyphs)
    {
        var shaped = HarfBuzz.Shape(font, part, rightToLeft);
        for (var from = 0; from < shaped.Count;)
        {
            var to = from + 1;
            while (to < shaped.Count && shaped[to].Cluster == shaped[from].Cluster)
                to++;
            var next = rightToLeft ? from - 1 : to;
            var end = next >= 0 && next < shaped.Count ? shaped[next].Cluster : part.Length;
            Cluster(
                font,
                CollectionsMarshal.AsSpan(shaped)[from..to],
                part[shaped[from].Cluster..end].ToString(),
                rightToLeft,
                glyphs
            );
            from = to;
        }
    }

    private void Cluster(
        TrueTypeFont font,
        ReadOnlySpan<HarfBuzz.ShapedGlyph> shaped,
        string text,
        bool rightToLeft,
        List<Glyph> glyphs
    )
    {
        if (rightToLeft)
        {
            RightToLeftCluster(font, shaped, text, glyphs);
            return;
        }
        for (var i = 0; i < shaped.Length; i++)
        {
            if (shaped[i].Glyph == 0)
                SpellOutMissing(font, text, glyphs);
            else
                glyphs.Add(new(font, shaped[i].Glyph, shaped[i].Advance, shaped[i].X, shaped[i].Y, i == 0 ? text : ""));
        }
    }

    // PDF viewers reverse right-to-left text scalar by scalar. Some reverse the letters of a ligature wrongly, and some
    // read a mark before its letter as a word. So letters come first, each scalar with its own glyph. Surplus scalars
    // get a blank without width, and marks come last without text.
    private void RightToLeftCluster(
        TrueTypeFont font,
        ReadOnlySpan<HarfBuzz.ShapedGlyph> shaped,
        string text,
        List<Glyph> glyphs
    )
    {
        var texts = text.EnumerateRunes().Reverse().Select(rune => rune.ToString()).ToArray();
        int letters = 0,
            total = 0;
        foreach (var glyph in shaped)
        {
            if (glyph.Advance > 0)
                letters++;
            total += glyph.Advance;
        }
        var used = Math.Max(texts.Length - letters, 0);
        foreach (var letter in texts[..used])
            glyphs.Add(new(font, TrueTypeFont.Blank, 0, 0, 0, letter));
        foreach (var glyph in shaped)
        {
            if (glyph.Glyph == 0)
                SpellOutMissing(font, text, glyphs);
            else if (glyph.Advance > 0)
                glyphs.Add(
                    new(font, glyph.Glyph, glyph.Advance, glyph.X, glyph.Y, used < texts.Length ? texts[used++] : "")
                );
        }
        var pen = 0;
        foreach (var glyph in shaped)
        {
            if (glyph.Glyph != 0 && glyph.Advance <= 0)
                glyphs.Add(new(font, glyph.Glyph, 0, pen + glyph.X - total, glyph.Y, ""));
            pen += glyph.Advance;
        }
    }

    // The font of the letter lacks these marks: the letter is set, and the marks are spelled out.
    private void SpellOutMissing(TrueTypeFont font, string text, List<Glyph> glyphs)
    {
        foreach (var rune in text.EnumerateRunes())
            if (!FontFallback.IsIgnorable(rune) && font.Glyph(rune.Value) == 0)
                SpellOut(rune, glyphs);
    }

    // No font has all of the character: each scalar is set in the first font that has it.
    private void LayOutOneByOne(ReadOnlySpan<char> part, List<Glyph> glyphs)
    {
        foreach (var rune in part.EnumerateRunes())
        {
            if (FontFallback.IsIgnorable(rune))
                continue;
            var (font, glyph) = _fallback.Find(rune);
            if (font is null)
                SpellOut(rune, glyphs);
            else
                glyphs.Add(new(font, glyph, font.Advance(glyph), 0, 0, rune.ToString()));
        }
    }

    private void SpellOut(Rune rune, List<Glyph> glyphs)
    {
        foreach (var letter in $"[U+{rune.Value:X4}]")
        {
            var (font, glyph) = _fallback.Find(new Rune(letter));
            glyphs.Add(new(font!, glyph, font!.Advance(glyph), 0, 0, letter.ToString()));
        }
    }

    private static bool NeedsShaping(Rune rune) =>
        !Bidi.IsPlain(rune)
        || FontFallback.IsIgnorable(rune)
        || rune.Value
            is (>= 0x590 and <= 0x10FF and not (>= 0x10A0 and <= 0x10FF))
                or (>= 0x1100 and <= 0x11FF)
                or (>= 0x1780 and <= 0x18AF)
                or (>= 0x1900 and <= 0x1CFF)
                or (>= 0xA800 and <= 0xABFF)
                or (>= 0x11000 and <= 0x11FFF)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;
}
