using System.Globalization;
using System.Runtime.CompilerServices;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// A PDF in A4 portrait, written page by page to a stream that is never read back. Memory has one
/// page at a time and the data of the used fonts. Content that depends on the number of pages is a
/// second, short content stream of each page, written at the end.
/// </summary>
public sealed class PdfDocument
{
    public const double Width = 595.28;
    public const double Height = 841.89;

    private readonly PdfFile _file;
    private readonly PdfInfo _info;
    private readonly int _pageTree;
    private readonly int _resources;
    private readonly List<int> _contents = [];
    private readonly Dictionary<TrueTypeFont, EmbeddedFont> _fonts = [];
    private readonly List<EmbeddedFont> _fontOrder = [];
    private readonly PdfBytes _content = new(capacity: 32 * 1024);
    private readonly Dictionary<ShapedText, byte[]> _cache = new(ReferenceEqualityComparer.Instance);

    public PdfDocument(Stream stream, PdfInfo info)
    {
        _file = new(stream);
        _info = info;
        _pageTree = _file.Reserve();
        _resources = _file.Reserve();
    }

    /// <summary>Draws the next page and writes it.</summary>
    public void Page(Action<PdfPage> draw) => _contents.Add(_file.AddStream(Render(draw)));

    /// <summary>
    /// Writes the rest of the pages, fonts, page tree and table. The stream stays open.
    /// </summary>
    /// <param name="complete">Draws on every page what depends on its number and on the number of
    /// pages.</param>
    public void Finish(Action<PdfPage, int, int>? complete = null)
    {
        var pages = new PdfBytes().Add("<</Type/Pages/Count "u8).Add(_contents.Count).Add("/Kids["u8);
        for (var i = 0; i < _contents.Count; i++)
            pages.Add(AddPage(i, complete)).Add(" 0 R\n"u8);
        _file.Set(_pageTree, pages.Add("]>>"u8));
        foreach (var font in _fontOrder)
            font.Write(_file);
        var resources = new PdfBytes().Add("<</Font<<"u8);
        for (var i = 0; i < _fontOrder.Count; i++)
            resources.Add("/F"u8).Add(i).Add(" "u8).Add(_fontOrder[i].Number).Add(" 0 R"u8);
        _file.Set(_resources, resources.Add(">>>>"u8));
        var catalogue = _file.Add(
            new PdfBytes()
                .Add("<</Type/Catalog/Pages "u8)
                .Add(_pageTree)
                .Add(" 0 R/Lang"u8)
                .AddText(_info.Language)
                .Add("/ViewerPreferences<</DisplayDocTitle true>>>>"u8)
        );
        var date = _info.Created.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var info = _file.Add(
            new PdfBytes()
                .Add("<</Title"u8)
                .AddText(_info.Title)
                .Add("/Creator(Campaign)/Producer(Campaign)/CreationDate(D:"u8)
                .Add(date)
                .Add("Z)/ModDate(D:"u8)
                .Add(date)
                .Add("Z)>>"u8)
        );
        _file.Finish(catalogue, info, _info.Id);
    }

    private int AddPage(int at, Action<PdfPage, int, int>? complete)
    {
        var value = new PdfBytes()
            .Add("<</Type/Page/Parent "u8)
            .Add(_pageTree)
            .Add(" 0 R/MediaBox[0 0 "u8)
            .Add(Width)
            .Add(" "u8)
            .Add(Height)
            .Add("]/Resources "u8)
            .Add(_resources)
            .Add(" 0 R/Contents["u8)
            .Add(_contents[at])
            .Add(" 0 R"u8);
        if (complete is not null)
            value
                .Add(" "u8)
                .Add(_file.AddShortStream(Render(page => complete(page, at + 1, _contents.Count))))
                .Add(" 0 R"u8);
        return _file.Add(value.Add("]>>"u8));
    }

    private ReadOnlySpan<byte> Render(Action<PdfPage> draw)
    {
        _content.Clear();
        var page = new PdfPage(_content, Use, _cache);
        draw(page);
        page.End();
        return _content.Written;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int Font, ushort Glyph) Use(Glyph glyph)
    {
        if (!_fonts.TryGetValue(glyph.Font, out var font))
        {
            font = _fonts[glyph.Font] = new(glyph.Font, _file.Reserve());
            _fontOrder.Add(font);
        }
        return (_fontOrder.IndexOf(font), font.Use(glyph.Id, glyph.Text));
    }
}
