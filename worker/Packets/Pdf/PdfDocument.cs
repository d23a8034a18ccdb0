using System.Globalization;
using System.Runtime.CompilerServices;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// A PDF in A4 portrait, written page by page to a stream that is never read back: PDF/A-2u, or
/// with a structure PDF/A-2a and PDF/UA-1. Memory has one page at a time and the data of the used
/// fonts. Content that depends on the number of pages is a second, short content stream of each
/// page, written at the end.
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
    private readonly List<int> _pages = [];
    private readonly List<(string Title, int Page, double Top)> _bookmarks = [];
    private readonly PdfStructure? _structure;
    private readonly Dictionary<TrueTypeFont, EmbeddedFont> _fonts = [];
    private readonly List<EmbeddedFont> _fontOrder = [];
    private readonly PdfBytes _content = new(capacity: 32 * 1024);
    private readonly Dictionary<ShapedText, byte[]> _cache = new(ReferenceEqualityComparer.Instance);

    /// <param name="stream">Written front to back; stays open.</param>
    /// <param name="info">The metadata.</param>
    /// <param name="root">The element <c>Document</c> of a tagged document.</param>
    public PdfDocument(Stream stream, PdfInfo info, PdfElement? root = null)
    {
        _structure = root is null ? null : new(root);
        _file = new(stream);
        _info = info;
        _pageTree = _file.Reserve();
        _resources = _file.Reserve();
    }

    /// <summary>Draws the next page and writes it.</summary>
    public void Page(Action<PdfPage> draw)
    {
        Func<PdfElement, int>? mark = _structure is null ? null : element => _structure.Mark(_pages.Count, element);
        _contents.Add(_file.AddStream(Render(draw, mark)));
        _pages.Add(_file.Reserve());
    }

    /// <summary>Adds a bookmark to a place on the newest page.</summary>
    public void Bookmark(string title, double top) => _bookmarks.Add((title, _pages.Count - 1, top));

    /// <summary>
    /// Writes the rest of the pages, fonts, page tree and table. The stream stays open.
    /// </summary>
    /// <param name="complete">Draws on every page what depends on its number and on the number of
    /// pages.</param>
    public void Finish(Action<PdfPage, int, int>? complete = null)
    {
        var pages = new PdfBytes().Add("<</Type/Pages/Count "u8).Add(_contents.Count).Add("/Kids["u8);
        for (var i = 0; i < _contents.Count; i++)
        {
            AddPage(i, complete);
            pages.Add(_pages[i]).Add(" 0 R\n"u8);
        }
        _file.Set(_pageTree, pages.Add("]>>"u8));
        foreach (var font in _fontOrder)
            font.Write(_file);
        var resources = new PdfBytes().Add("<</Font<<"u8);
        for (var i = 0; i < _fontOrder.Count; i++)
            resources.Add("/F"u8).Add(i).Add(" "u8).Add(_fontOrder[i].Number).Add(" 0 R"u8);
        _file.Set(_resources, resources.Add(">>>>"u8));
        var catalogue = AddCatalogue();
        var date = _info.Created.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var info = _file.Add(
            new PdfBytes()
                .Add("<</Title"u8)
                .AddText(_info.Title)
                .Add("/CreationDate(D:"u8)
                .Add(date)
                .Add("Z)/ModDate(D:"u8)
                .Add(date)
                .Add("Z)>>"u8)
        );
        _file.Finish(catalogue, info, _info.Id);
    }

    private int AddCatalogue()
    {
        var metadata = _file.AddShortStream(
            PdfMetadata.Write(_info, _structure is not null),
            "/Type/Metadata/Subtype/XML"
        );
        var profile = _file.AddStream(SrgbProfile.Bytes, "/N 3");
        var catalogue = new PdfBytes()
            .Add("<</Type/Catalog/Pages "u8)
            .Add(_pageTree)
            .Add(" 0 R/Lang"u8)
            .AddText(_info.Language)
            .Add("/ViewerPreferences<</DisplayDocTitle true>>/Metadata "u8)
            .Add(metadata)
            .Add(" 0 R/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)"u8)
            .Add("/DestOutputProfile "u8)
            .Add(profile)
            .Add(" 0 R>>]"u8);
        if (_structure is not null)
            catalogue
                .Add("/MarkInfo<</Marked true>>/StructTreeRoot "u8)
                .Add(_structure.Write(_file, _pages))
                .Add(" 0 R"u8);
        if (_bookmarks.Count > 0)
            catalogue.Add("/PageMode/UseOutlines/Outlines "u8).Add(AddBookmarks()).Add(" 0 R"u8);
        return _file.Add(catalogue.Add(">>"u8));
    }

    private int AddBookmarks()
    {
        var outlines = _file.Reserve();
        var numbers = _bookmarks.Select(_ => _file.Reserve()).ToList();
        foreach (var (index, (title, page, top)) in _bookmarks.Index())
        {
            var value = new PdfBytes()
                .Add("<</Title"u8)
                .AddText(title)
                .Add("/Parent "u8)
                .Add(outlines)
                .Add(" 0 R/Dest["u8)
                .Add(_pages[page])
                .Add(" 0 R/XYZ 0 "u8)
                .Add(Height - top)
                .Add(" 0]"u8);
            if (index > 0)
                value.Add("/Prev "u8).Add(numbers[index - 1]).Add(" 0 R"u8);
            if (index < numbers.Count - 1)
                value.Add("/Next "u8).Add(numbers[index + 1]).Add(" 0 R"u8);
            _file.Set(numbers[index], value.Add(">>"u8));
        }
        return _file.Set(
            outlines,
            new PdfBytes()
                .Add("<</Type/Outlines/First "u8)
                .Add(numbers[0])
                .Add(" 0 R/Last "u8)
                .Add(numbers[^1])
                .Add(" 0 R/Count "u8)
                .Add(numbers.Count)
                .Add(">>"u8)
        );
    }

    private void AddPage(int at, Action<PdfPage, int, int>? complete)
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
                .Add(_file.AddShortStream(Render(page => complete(page, at + 1, _contents.Count), mark: null)))
                .Add(" 0 R"u8);
        value.Add("]"u8);
        if (_structure is not null)
            value.Add("/StructParents "u8).Add(at).Add("/Tabs/S"u8);
        _file.Set(_pages[at], value.Add(">>"u8));
    }

    private ReadOnlySpan<byte> Render(Action<PdfPage> draw, Func<PdfElement, int>? mark)
    {
        _content.Clear();
        var page = new PdfPage(_content, Use, _cache, _structure is not null, mark);
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
