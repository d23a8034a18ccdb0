using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// Sets a short document from top to bottom and breaks it into pages. All drawing is stored until
/// <see cref="Write"/>.
/// </summary>
internal sealed class PageFlow(Sheet sheet)
{
    private const double Padding = 2.2;

    private readonly List<List<Action<PdfPage>>> _pages =
    [
        [],
    ];
    private double _y = Sheet.Margin;

    /// <summary>A paragraph; a line end in the text begins a new line.</summary>
    public PageFlow Paragraph(
        string text,
        double size = 10,
        bool strong = false,
        double after = 8,
        double grey = Sheet.Ink,
        double indent = 0
    )
    {
        foreach (var (line, height) in Lines(text, size, strong, Sheet.Measure - indent))
        {
            EnsureHeight(height);
            var y = _y;
            Mark(page => Draw(page, line, Sheet.Left + indent, y, size, grey));
            _y += height;
        }
        return Skip(after);
    }

    /// <summary>A quoted text, indented behind a bar, under its own title if it has one.</summary>
    public PageFlow Quotation(string? title, string text, double size = 10)
    {
        const double Indent = 16;
        var titleLines = title is null ? [] : Lines(title, size, strong: true, Sheet.Measure - Indent);
        foreach (var (line, height) in titleLines.Concat(Lines(text, size, strong: false, Sheet.Measure - Indent)))
        {
            EnsureHeight(height);
            var y = _y;
            Mark(page =>
            {
                page.Rule(Sheet.Left, y + (height / 2), 2, height, 0.6);
                Draw(page, line, Sheet.Left + Indent, y, size, Sheet.Ink);
            });
            _y += height;
        }
        return Skip(12);
    }

    public PageFlow Heading(string text, double size = 11.5) =>
        EnsureHeight(60).Skip(6).Paragraph(text, size, strong: true, after: 5);

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
        Mark(page => page.Rule(Sheet.Left, y, 220, 0.5, 0.4));
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
        void Head() => Row(columns, head, Math.Min(size, 9) - 1.5, strong: true, grey: Sheet.Quiet, thickness: 0.8);
        EnsureHeight(70);
        Head();
        for (var i = 0; i < rows.Count; i++)
        {
            var strong = sum && i == rows.Count - 1;
            if (_y + Height(columns, rows[i], size, strong) > Sheet.Bottom)
            {
                Break();
                Head();
            }
            Row(columns, rows[i], size, strong, Sheet.Ink, thickness: 0.3);
        }
        return Skip(12);
    }

    /// <summary>Writes all pages.</summary>
    /// <param name="document">Finished by this method.</param>
    /// <param name="what">The left of the foot.</param>
    /// <param name="pageOf">The right of the foot, from the page and the number of pages.</param>
    public void Write(PdfDocument document, string what, Func<int, int, string> pageOf)
    {
        var foot = sheet.FootOf(what);
        foreach (var marks in _pages)
        {
            document.Page(page =>
            {
                foreach (var mark in marks)
                    mark(page);
                Sheet.Foot(page, foot);
            });
        }
        document.Finish((page, number, of) => sheet.Number(page, pageOf(number, of)));
    }

    private IEnumerable<(ShapedText? Line, double Height)> Lines(string text, double size, bool strong, double width)
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

    private static void Draw(PdfPage page, ShapedText? line, double x, double top, double size, double grey)
    {
        if (line is null)
            return;
        var drop = Math.Max(size * 1.42 * 0.76, line.Top * size / 1000);
        page.Line(line, x, top + drop, size, grey);
    }

    private TextBlock[] Cells(IReadOnlyList<Column> columns, IReadOnlyList<string> cells, double size, bool strong) =>
        [
            .. cells.Select(
                (cell, i) =>
                    TextBlock.Fit(strong ? sheet.Strong : sheet.Text, cell, size, columns[i].Width - 6, size * 1.3, 300)
            ),
        ];

    private double Height(IReadOnlyList<Column> columns, IReadOnlyList<string> cells, double size, bool strong) =>
        Cells(columns, cells, size, strong).Max(cell => cell.Height) + (2 * Padding);

    private void Row(
        IReadOnlyList<Column> columns,
        IReadOnlyList<string> cells,
        double size,
        bool strong,
        double grey,
        double thickness
    )
    {
        var blocks = Cells(columns, cells, size, strong);
        var (y, height) = (_y, blocks.Max(block => block.Height) + (2 * Padding));
        Mark(page =>
        {
            var x = Sheet.Left;
            for (var i = 0; i < blocks.Length; i++)
            {
                var block = blocks[i];
                var indent = columns[i].Numbers ? columns[i].Width - 6 - (block.Widest * block.Size / 1000) : 0;
                page.Block(block, x + indent, y + Padding, grey);
                x += columns[i].Width;
            }
            page.Rule(Sheet.Left, y + height, Sheet.Measure, thickness, thickness > 0.5 ? 0.4 : Sheet.Hairline);
        });
        _y += height;
    }

    private PageFlow EnsureHeight(double height)
    {
        if (_y + height > Sheet.Bottom)
            Break();
        return this;
    }

    private void Break()
    {
        _pages.Add([]);
        _y = Sheet.Margin;
    }

    private void Mark(Action<PdfPage> mark) => _pages[^1].Add(mark);
}
