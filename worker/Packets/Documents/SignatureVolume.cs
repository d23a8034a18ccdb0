using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// One volume of signatures, at most <see cref="Most"/> numbered lines. Where names are shown a line takes the page's width; where only initials are, three
/// lines stand side by side. A name too long for its line is broken or set smaller, never cut off. Pages are counted in a first walk that only
/// measures, then drawn and written one by one: setting a line twice is cheaper than keeping ten thousand.
/// </summary>
public sealed class SignatureVolume
{
    /// <summary>Lines a volume holds at most.</summary>
    public const int Most = 10_000;

    private const double Size = 9.5, SmallSize = 8.5, Leading = 12.6, Padding = 1.6;
    private const double DayWidth = 50, Gap = 7, Gutter = 16;
    private const double TallestRow = 300;

    private readonly Sheet _sheet = new();
    private readonly PacketWords _words;
    private readonly PacketFacts _facts;
    private readonly VolumeFacts _volume;
    private readonly IReadOnlyList<SignatureLine> _lines;
    private readonly bool _withNames;
    private readonly int _columns;
    private readonly double _width;
    private readonly double _numberWidth;
    private readonly TextBlock _title;
    private readonly TextBlock _to;
    private readonly string _volumeOf;
    private readonly double _top;

    // What many lines have in common is set once.
    private readonly Dictionary<(string Text, double Width), TextBlock> _common = [];

    private SignatureVolume(PacketWords words, PacketFacts facts, VolumeFacts volume, IReadOnlyList<SignatureLine> lines)
    {
        (_words, _facts, _volume, _lines) = (words, facts, volume, lines);
        _withNames = facts.Disclosure == Disclosure.Name;
        _columns = _withNames ? 1 : 3;
        _width = (Sheet.Measure - (Gutter * (_columns - 1))) / _columns;
        // Digits of the shipped face are equally wide.
        _numberWidth = Math.Max(18, Sheet.Width(_sheet.Text.Shape(words.Number(lines[^1].Number)), SmallSize) + 0.1) + Gap;
        _volumeOf = $"{words.Country(volume.Country)} · {words["volume.of", words.Number(volume.Number), words.Number(volume.Of)]}";
        _title = TextBlock.Fit(_sheet.Strong, facts.Text.Title, 10.5, Sheet.Measure, 13.5, 41);
        _to = TextBlock.Fit(_sheet.Text, $"{words["to"]} {facts.RecipientName} · {_volumeOf}", 8.5, Sheet.Measure, 11, 34);
        _top = Sheet.Margin - 4 + _title.Height + 1 + _to.Height + 24;
    }

    /// <param name="stream">Written front to back; stays open.</param>
    /// <param name="words">In the packet's language.</param>
    /// <param name="facts">Of the packet.</param>
    /// <param name="volume">Which volume.</param>
    /// <param name="lines">Its lines, at least one.</param>
    public static void Write(Stream stream, PacketWords words, PacketFacts facts, VolumeFacts volume, IReadOnlyList<SignatureLine> lines) =>
        new SignatureVolume(words, facts, volume, lines).Write(stream);

    private void Write(Stream stream)
    {
        var what = $"{_words["packet"]} {_facts.PacketId} · {_volumeOf}";
        var document = new PdfDocument(stream, DocumentIdentity.Info(_facts, $"{_facts.Text.Title} · {_volumeOf}", $"volume {_volume.Country} {_volume.Number}"));
        var pages = Paginate();
        for (var i = 0; i < pages.Count; i++)
        {
            var (number, columns) = (i + 1, pages[i]);
            document.Page(page =>
            {
                page.Block(_title, Sheet.Left, Sheet.Margin - 4);
                page.Block(_to, Sheet.Left, Sheet.Margin - 3 + _title.Height, Sheet.Quiet);
                for (var column = 0; column < columns.Count; column++) Draw(page, columns[column], Sheet.Left + (column * (_width + Gutter)));
                _sheet.Foot(page, what, _words["page.of", _words.Number(number), _words.Number(pages.Count)]);
            });
        }
        document.Finish();
    }

    // Where each column of each page begins and ends in the lines.
    private List<List<Range>> Paginate()
    {
        var pages = new List<List<Range>>();
        var from = 0;
        var y = _top;
        void Close(int to)
        {
            if (pages.Count == 0 || pages[^1].Count == _columns) pages.Add([]);
            pages[^1].Add(from..to);
            (from, y) = (to, _top);
        }
        for (var i = 0; i < _lines.Count; i++)
        {
            var height = Set(_lines[i]).Height;
            if (y + height > Sheet.Bottom) Close(i);
            y += height;
        }
        Close(_lines.Count);
        return pages;
    }

    private void Draw(PdfPage page, Range range, double x)
    {
        var y = _top;
        Titles(page, x, y - 6);
        page.Rule(x, y, _width, 0.7, 0.4);
        foreach (var line in _lines.Take(range))
        {
            var row = Set(line);
            foreach (var (block, left, right, grey) in row.Cells)
            {
                var indent = right is null ? left : right.Value - (block.Widest * block.Size / 1000);
                page.Block(block, x + indent, y + Padding + row.Baseline - block.Baselines[0], grey);
            }
            y += row.Height;
            page.Rule(x, y, _width, 0.3, Sheet.Hairline);
        }
    }

    private void Titles(PdfPage page, double x, double y)
    {
        void Title(string key, double left, double? right)
        {
            var text = _sheet.Strong.Shape(_words[key]);
            page.Line(text, x + (right is null ? left : right.Value - Sheet.Width(text, 7)), y, 7, Sheet.Quiet);
        }
        Title("column.number", 0, _numberWidth - Gap);
        Title(_withNames ? "column.name" : "column.initials", _numberWidth, null);
        if (_withNames) Title("column.place", PlaceLeft, null);
        Title("column.day", 0, _width);
    }

    private double PlaceLeft => _numberWidth + ((_width - _numberWidth - DayWidth) * 0.66);

    private Row Set(SignatureLine line)
    {
        var shown = (_withNames ? PlaceLeft : _width - DayWidth) - _numberWidth - Gap;
        var number = new Cell(Fit(_words.Number(line.Number), SmallSize, _numberWidth - Gap), 0, _numberWidth - Gap, Sheet.Quiet);
        var name = new Cell(Fit(line.Shown, _withNames ? Size : 9, shown), _numberWidth, null, Sheet.Ink);
        var day = new Cell(Common(Instant.Text(line.Day), DayWidth), 0, _width, Sheet.Quiet);
        Cell[] cells = _withNames && line.Locality is not null
            ? [number, name, day, new(Common(line.Locality, _width - DayWidth - Gap - PlaceLeft), PlaceLeft, null, 0.2)]
            : [number, name, day];
        double baseline = 0, height = 0;
        foreach (var cell in cells) baseline = Math.Max(baseline, cell.Block.Baselines[0]);
        foreach (var cell in cells) height = Math.Max(height, baseline - cell.Block.Baselines[0] + cell.Block.Height);
        return new(cells, baseline, height + (2 * Padding));
    }

    private TextBlock Common(string text, double width) =>
        _common.TryGetValue((text, width), out var known) ? known : _common[(text, width)] = Fit(text, SmallSize, width);

    private TextBlock Fit(string text, double size, double width) => TextBlock.Fit(_sheet.Text, text, size, width, Leading * size / Size, TallestRow);

    /// <summary>Stands at <paramref name="Left"/>, or ends at <paramref name="Right"/> where that is given.</summary>
    private readonly record struct Cell(TextBlock Block, double Left, double? Right, double Grey);

    /// <summary>One line's cells on a common baseline.</summary>
    private readonly record struct Row(Cell[] Cells, double Baseline, double Height);
}
