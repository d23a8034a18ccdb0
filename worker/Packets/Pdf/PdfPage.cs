using System.Runtime.CompilerServices;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Draws on one page. Coordinates are points from the upper left corner; grey values run from 0
/// (black) to 1 (white).
/// </summary>
public sealed class PdfPage
{
    private readonly PdfBytes _content;
    private readonly Func<Glyph, (int Font, ushort Number)> _use;
    private readonly Dictionary<ShapedText, byte[]> _cache;
    private readonly bool _tagged;
    private readonly Func<PdfElement, int>? _mark;

    // Content that readers aloud pass over has no text of its own.
    private bool _inArtifact;
    private double _grey = -1;

    // Letters that readers count for the direction of the page; below zero it would be right to left.
    private int _surplus;
    private TrueTypeFont? _font;

    internal PdfPage(
        PdfBytes content,
        Func<Glyph, (int Font, ushort Number)> use,
        Dictionary<ShapedText, byte[]> cache,
        bool tagged,
        Func<PdfElement, int>? mark
    ) => (_content, _use, _cache, _tagged, _mark) = (content, use, cache, tagged, mark);

    /// <summary>
    /// Draws content of an element. In a document without structure it is just drawn.
    /// </summary>
    public void Tag(PdfElement element, Action draw)
    {
        if (_mark is null)
        {
            draw();
            return;
        }
        _content.Add("/"u8).Add(element.Type).Add("<</MCID "u8).Add(_mark(element)).Add(">>BDC\n"u8);
        draw();
        _content.Add("EMC\n"u8);
    }

    /// <summary>
    /// Draws what readers aloud pass over: lines, feet and what repeats on each page. In a document
    /// without structure it is just drawn.
    /// </summary>
    public void Artifact(Action draw)
    {
        if (!_tagged)
        {
            draw();
            return;
        }
        _content.Add("/Artifact BMC\n"u8);
        _inArtifact = true;
        draw();
        _inArtifact = false;
        _content.Add("EMC\n"u8);
    }

    /// <summary>
    /// Draws one line with its baseline at <paramref name="y"/>. If its glyphs do not spell its
    /// text, the text is written as <c>ActualText</c> for search and copying.
    /// </summary>
    public void Line(ShapedText line, double x, double y, double size, double grey = 0)
    {
        if (line.ActualText is not null)
            BeginActualText(line.ActualText);
        Glyphs(line, x, y, size, grey);
        if (line.ActualText is not null)
            EndActualText();
    }

    /// <summary>
    /// Draws the lines of one text. Search and copying find the text as it was typed, even if it is
    /// broken into lines.
    /// </summary>
    /// <param name="block">The text.</param>
    /// <param name="x">Its left.</param>
    /// <param name="top">Its top.</param>
    /// <param name="grey">Its grey value.</param>
    /// <param name="often">True for a block that the document repeats many times: the written bytes
    /// of its lines, size included, are cached until the document is finished.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Block(TextBlock block, double x, double top, double grey = 0, bool often = false)
    {
        var whole = block.Lines is not [{ ActualText: null }] && !block.Lines.Any(line => line.HasRightToLeft);
        if (whole)
            BeginActualText(ReaderOrder.Of(block.Text));
        for (var i = 0; i < block.Lines.Count; i++)
        {
            var line = block.Lines[i];
            var indent = line.RightToLeft ? (block.Widest - line.Width) * block.Size / 1000 : 0;
            if (!whole && line.ActualText is not null)
                BeginActualText(line.ActualText);
            Glyphs(line, x + indent, top + block.Baselines[i], block.Size, grey, often);
            if (!whole && line.ActualText is not null)
                EndActualText();
        }
        if (whole)
            EndActualText();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Rule(double x, double y, double width, double thickness, double grey)
    {
        SetGrey(grey);
        _content
            .Add(x)
            .Add(" "u8)
            .Add(PdfDocument.Height - y - (thickness / 2))
            .Add(" "u8)
            .Add(width)
            .Add(" "u8)
            .Add(thickness)
            .Add(" re f\n"u8);
    }

    /// <summary>
    /// Ends the page: readers must take it to run left to right, whatever its names are.
    /// </summary>
    internal void End()
    {
        if (_surplus >= 0 || _font is null)
            return;
        var marks = string.Concat(Enumerable.Repeat(ReaderOrder.Balance, -_surplus));
        var blank = new ShapedText
        {
            Text = marks,
            Glyphs = [new(_font, TrueTypeFont.Blank, 0, 0, 0, " ")],
            Width = 0,
            Top = 0,
            Bottom = 0,
            ActualText = marks,
        };
        Artifact(() => Line(blank, 1, PdfDocument.Height - 1, 1));
    }

    private void BeginActualText(string text)
    {
        if (!_inArtifact)
            _content.Add("/Span<</ActualText"u8).AddText(text).Add(">>BDC\n"u8);
    }

    private void EndActualText()
    {
        if (!_inArtifact)
            _content.Add("EMC\n"u8);
    }

    private void SetGrey(double grey)
    {
        if (grey == _grey)
            return;
        _grey = grey;
        _content.Add(grey).Add(" g\n"u8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Glyphs(ShapedText line, double x, double y, double size, double grey, bool often = false)
    {
        SetGrey(grey);
        _surplus += ReaderOrder.LeftToRightSurplus(line.Text);
        _content.Add("BT\n1 0 0 1 "u8).Add(x).Add(" "u8).Add(PdfDocument.Height - y).Add(" Tm\n"u8);
        if (!often)
            Glyphs(line, size);
        else if (_cache.TryGetValue(line, out var cached))
            _content.Add(cached);
        else
        {
            var from = _content.Written.Length;
            Glyphs(line, size);
            _cache.Add(line, _content.Written[from..].ToArray());
        }
        _content.Add("ET\n"u8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Glyphs(ShapedText line, double size)
    {
        var current = -1;
        var raised = 0;
        // The distance that the pen must still move left before the next glyph. The font states each width once, and
        // these advances may differ from it.
        var back = 0;
        var open = false;
        foreach (var glyph in line.Glyphs)
        {
            var (font, number) = _use(glyph);
            _font ??= glyph.Font;
            if (font != current || glyph.Y != raised)
            {
                if (open)
                    Close(back);
                if (open)
                    back = 0;
                open = false;
                if (font != current)
                    _content.Add("/F"u8).Add(font).Add(" "u8).Add(size).Add(" Tf\n"u8);
                if (glyph.Y != raised)
                    _content.Add(glyph.Y * size / 1000).Add(" Ts\n"u8);
                (current, raised) = (font, glyph.Y);
            }
            if (!open)
                _content.Add("[<"u8);
            back -= glyph.X;
            if (back != 0)
                _content.Add(">"u8).Add(back).Add("<"u8);
            open = true;
            _content.AddHex(number);
            back = glyph.X + glyph.Font.Advance(glyph.Id) - glyph.Advance;
        }
        if (open)
            Close(0);
        if (raised != 0)
            _content.Add("0 Ts\n"u8);
    }

    private void Close(int back)
    {
        _content.Add(">"u8);
        if (back != 0)
            _content.Add(back);
        _content.Add("]TJ\n"u8);
    }
}
