using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// Sets a short document from top to bottom and breaks it into pages, with the structure that
/// readers aloud need. All drawing is stored until <see cref="Write"/>.
/// </summary>
internal sealed class PageFlow(Sheet sheet)
{
    private readonly List<List<Action<PdfPage>>> _pages =
    [
        [],
    ];
    private readonly List<(string Title, int Page, double Top)> _bookmarks = [];
    private double _y = Sheet.Margin;

    /// <summary>What the document consists of, in reading order.</summary>
    public PdfElement Structure { get; } = new("Document");

    /// <summary>Where the next content begins.</summary>
    public double Top => _y;

    public Sheet Sheet => sheet;

    /// <summary>The title of the document.</summary>
    public PageFlow Title(string text, double size, double after) =>
        EnsureHeight(60).Bookmark(text).Set(text, size, strong: true, after, Sheet.Ink, 0, new PdfElement("H1"));

    public PageFlow Heading(string text, double size = 11.5) =>
        EnsureHeight(60)
            .Skip(6)
            .Bookmark(text)
            .Set(text, size, strong: true, after: 5, Sheet.Ink, 0, new PdfElement("H2"));

    /// <summary>A paragraph; a line end in the text begins a new line.</summary>
    public PageFlow Paragraph(
        string text,
        double size = 10,
        bool strong = false,
        double after = 8,
        double grey = Sheet.Ink
    ) => Set(text, size, strong, after, grey, 0, new PdfElement("P"));

    /// <summary>A list with bullets.</summary>
    public PageFlow Bullets(IEnumerable<string> items, double size, double after)
    {
        const double Indent = 10;
        var list = Structure.Add(new("L"));
        var bullet = sheet.Text.Shape("•");
        foreach (var item in items)
        {
            var element = list.Add(new("LI"));
            var label = element.Add(new("Lbl"));
            EnsureHeight(size * 1.42);
            var y = _y;
            Mark(page => page.Tag(label, () => Draw(page, bullet, Sheet.Left, y, size, Sheet.Ink)));
            Lines(item, size, strong: false, Indent, Sheet.Ink, element.Add(new("LBody")));
            Skip(after);
        }
        return this;
    }

    /// <summary>
    /// A quoted text in its language, indented behind a bar, under its own title if it has one.
    /// </summary>
    public PageFlow Quotation(string? title, string text, string language, double size = 10)
    {
        const double Indent = 16;
        var quotation = Structure.Add(new PdfElement("BlockQuote") { Language = language });
        void Bar(double y, double height) =>
            Mark(page => page.Artifact(() => page.Rule(Sheet.Left, y + (height / 2), 2, height, 0.6)));
        if (title is not null)
            Lines(title, size, strong: true, Indent, Sheet.Ink, quotation.Add(new("P")), Bar);
        Lines(text, size, strong: false, Indent, Sheet.Ink, quotation.Add(new("P")), Bar);
        return Skip(12);
    }

    /// <summary>Ends the page, unless nothing stands on it.</summary>
    public PageFlow NewPage()
    {
        if (_pages[^1].Count > 0)
            Break();
        return this;
    }

    public PageFlow Skip(double height)
    {
        _y += height;
        return this;
    }

    /// <summary>A line to write on by hand.</summary>
    public PageFlow WritingLine(string below)
    {
        EnsureHeight(60).Skip(34);
        var y = _y;
        Mark(page => page.Artifact(() => page.Rule(Sheet.Left, y, 220, 0.5, 0.4)));
        return Skip(4).Paragraph(below, 8.5, grey: Sheet.Quiet);
    }

    /// <summary>
    /// A table with a head that is repeated on every page. With <paramref name="sum"/> the last row
    /// is bold.
    /// </summary>
    public PageFlow Table(
        IReadOnlyList<Column> columns,
        IReadOnlyList<string> head,
        IReadOnlyList<IReadOnlyList<string>> rows,
        bool sum,
        double size = 9
    )
    {
        new FlowTable(this, columns, size).Write(head, rows, sum);
        return Skip(12);
    }

    /// <summary>Writes all pages.</summary>
    /// <param name="document">Has <see cref="Structure"/>; finished by this method.</param>
    /// <param name="what">The left of the foot.</param>
    /// <param name="pageOf">The right of the foot, from the page and the number of pages.</param>
    public void Write(PdfDocument document, string what, Func<int, int, string> pageOf)
    {
        var foot = sheet.FootOf(what);
        foreach (var (index, marks) in _pages.Index())
        {
            document.Page(page =>
            {
                foreach (var mark in marks)
                    mark(page);
                Sheet.Foot(page, foot);
            });
            foreach (var (title, _, top) in _bookmarks.Where(bookmark => bookmark.Page == index))
                document.Bookmark(title, top);
        }
        document.Finish((page, number, of) => sheet.Number(page, pageOf(number, of)));
    }

    /// <summary>Begins a page if less height than this is left; true if it did.</summary>
    public bool BreakBefore(double height)
    {
        var breaks = _y + height > Sheet.Bottom;
        if (breaks)
            Break();
        return breaks;
    }

    public PageFlow EnsureHeight(double height)
    {
        BreakBefore(height);
        return this;
    }

    /// <summary>Stores what is drawn on the current page.</summary>
    public void Mark(Action<PdfPage> mark) => _pages[^1].Add(mark);

    private PageFlow Bookmark(string title)
    {
        _bookmarks.Add((title, _pages.Count - 1, _y));
        return this;
    }

    private PageFlow Set(
        string text,
        double size,
        bool strong,
        double after,
        double grey,
        double indent,
        PdfElement element
    )
    {
        Lines(text, size, strong, indent, grey, Structure.Add(element));
        return Skip(after);
    }

    private void Lines(
        string text,
        double size,
        bool strong,
        double indent,
        double grey,
        PdfElement element,
        Action<double, double>? beside = null
    )
    {
        foreach (var (line, height) in Break(text, size, strong, Sheet.Measure - indent))
        {
            EnsureHeight(height);
            var y = _y;
            beside?.Invoke(y, height);
            if (line is not null)
                Mark(page => page.Tag(element, () => Draw(page, line, Sheet.Left + indent, y, size, grey)));
            _y += height;
        }
    }

    private IEnumerable<(ShapedText? Line, double Height)> Break(string text, double size, bool strong, double width)
    {
        var leading = size * 1.42;
        foreach (var part in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (string.IsNullOrWhiteSpace(part))
            {
                yield return (null, leading * 0.6);
                continue;
            }
            var block = TextBlock.Fit(
                strong ? sheet.Strong : sheet.Text,
                part.Replace('\t', ' ').Trim(),
                size,
                width,
                leading,
                double.MaxValue
            );
            foreach (var line in block.Lines)
            {
                // Stacked marks push their line down, by at most 200 points so that the line fits on a page.
                var extra = Math.Max(0, (line.Top * size / 1000) - (leading * 0.76));
                yield return (line, leading + Math.Min(extra, 200));
            }
        }
    }

    private static void Draw(PdfPage page, ShapedText line, double x, double top, double size, double grey)
    {
        var drop = Math.Max(size * 1.42 * 0.76, line.Top * size / 1000);
        page.Line(line, x, top + drop, size, grey);
    }

    private void Break()
    {
        _pages.Add([]);
        _y = Sheet.Margin;
    }
}
