using System.Runtime.CompilerServices;
using Campaigns.Packets;
using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// One volume of signatures, at most <see cref="Most"/> numbered lines. With names a page has one
/// column of lines; with initials only it has three. A name too long for its line is broken or set
/// smaller, never cut off. Each full page is written at once, so memory has one page; the number of
/// pages is written last.
/// </summary>
public sealed class SignatureVolume
{
    /// <summary>The most lines of a volume.</summary>
    public const int Most = PacketRules.LinesOfVolume;

    private const double Size = 9.5,
        SmallSize = 8.5,
        Leading = 12.6,
        Padding = 1.6;
    private const double DayWidth = 50,
        Gap = 7,
        Gutter = 16;
    private const double TallestRow = 300;

    private readonly Sheet _sheet = new();
    private readonly PacketWords _words;
    private readonly PacketFacts _facts;
    private readonly VolumeFacts _volume;
    private readonly bool _withNames;
    private readonly int _columns;
    private readonly double _width;
    private readonly double _numberWidth;
    private readonly TextBlock _title;
    private readonly TextBlock _to;
    private readonly string _volumeOf;
    private readonly double _top;
    private readonly Cell[] _titles;

    // Days and places repeat, so each is set once.
    private readonly Dictionary<DateOnly, TextBlock> _days = [];
    private readonly Dictionary<string, TextBlock> _places = new(StringComparer.Ordinal);

    private SignatureVolume(PacketWords words, PacketFacts facts, VolumeFacts volume)
    {
        (_words, _facts, _volume) = (words, facts, volume);
        _withNames = volume.HasNames;
        _columns = _withNames ? 1 : 3;
        _width = (Sheet.Measure - (Gutter * (_columns - 1))) / _columns;
        // The last number is the widest, because all digits of the shipped font have the same width.
        _numberWidth = Math.Max(18, Sheet.Width(_sheet.Text.Shape(words.Number(volume.Last)), SmallSize) + 0.1) + Gap;
        var volumeOf = words["volume.of", words.Number(volume.Number), words.Number(volume.Of)];
        _volumeOf = $"{words.Country(volume.Country)} · {volumeOf}";
        _title = TextBlock.Fit(_sheet.Strong, facts.Text.Title, 10.5, Sheet.Measure, 13.5, 41);
        _to = TextBlock.Fit(
            _sheet.Text,
            $"{words["to"]} {facts.RecipientName} · {_volumeOf}",
            8.5,
            Sheet.Measure,
            11,
            34
        );
        _top = Sheet.Margin - 4 + _title.Height + 1 + _to.Height + 24;
        Cell Title(string key, double left, double? right) =>
            new(TextBlock.Fit(_sheet.Strong, words[key], 7, 100, 9, 20), left, right, Sheet.Quiet, Often: true);
        _titles =
        [
            Title("column.number", 0, _numberWidth - Gap),
            Title(_withNames ? "column.name" : "column.initials", _numberWidth, null),
            .. volume.HasPlaces ? (Cell[])[Title("column.place", PlaceLeft, null)] : [],
            Title("column.day", 0, _width),
        ];
    }

    /// <param name="stream">Written front to back; stays open.</param>
    /// <param name="words">The texts in the packet's language.</param>
    /// <param name="facts">The facts of the packet.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="lines">Its lines, enumerated once.</param>
    public static void Write(
        Stream stream,
        PacketWords words,
        PacketFacts facts,
        VolumeFacts volume,
        IEnumerable<SignatureLine> lines
    )
    {
        using var walk = lines.GetEnumerator();
        new SignatureVolume(words, facts, volume).Write(stream, walk);
    }

    private void Write(Stream stream, IEnumerator<SignatureLine> lines)
    {
        var foot = _sheet.FootOf($"{_words["packet"]} {_facts.PacketId} · {_volumeOf}");
        var document = new PdfDocument(
            stream,
            DocumentIdentity.Info(
                _facts,
                $"{_facts.Text.Title} · {_volumeOf}",
                $"volume {_volume.Country} {_volume.Number}"
            )
        );
        var next = Next(lines);
        do
        {
            document.Page(page =>
            {
                page.Block(_title, Sheet.Left, Sheet.Margin - 4, often: true);
                page.Block(_to, Sheet.Left, Sheet.Margin - 3 + _title.Height, Sheet.Quiet, often: true);
                for (var column = 0; column < _columns && next is not null; column++)
                    next = Fill(page, Sheet.Left + (column * (_width + Gutter)), next, lines);
                Sheet.Foot(page, foot);
            });
        } while (next is not null);
        document.Finish(
            (page, number, of) => _sheet.Number(page, _words["page.of", _words.Number(number), _words.Number(of)])
        );
    }

    // Returns the first row that does not fit into the column, or null after the last row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Row? Fill(PdfPage page, double x, Row first, IEnumerator<SignatureLine> lines)
    {
        var y = _top;
        Draw(page, _titles, x, y - 6);
        page.Rule(x, y, _width, 0.7, 0.4);
        var row = first;
        do
        {
            Draw(page, row.Cells, x, y + Padding + row.Baseline);
            y += row.Height;
            page.Rule(x, y, _width, 0.3, Sheet.Hairline);
            row = Next(lines);
        } while (row is not null && y + row.Height <= Sheet.Bottom);
        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Draw(PdfPage page, Cell[] cells, double x, double baseline)
    {
        foreach (var (block, left, right, grey, often) in cells)
        {
            var indent = right is null ? left : right.Value - (block.Widest * block.Size / 1000);
            page.Block(block, x + indent, baseline - block.Baselines[0], grey, often);
        }
    }

    private double PlaceLeft => _numberWidth + ((_width - _numberWidth - DayWidth) * 0.66);

    private Row? Next(IEnumerator<SignatureLine> lines) => lines.MoveNext() ? Set(lines.Current) : null;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Row Set(SignatureLine line)
    {
        var shown = (_volume.HasPlaces ? PlaceLeft : _width - DayWidth) - _numberWidth - Gap;
        var number = new Cell(
            Fit(_words.Number(line.Number), SmallSize, _numberWidth - Gap),
            0,
            _numberWidth - Gap,
            Sheet.Quiet,
            Often: false
        );
        var name = new Cell(Fit(line.Shown, _withNames ? Size : 9, shown), _numberWidth, null, Sheet.Ink, Often: false);
        var day = new Cell(Day(line.Day), 0, _width, Sheet.Quiet, Often: true);
        Cell[] cells = line.Locality is not null
            ? [number, name, day, new(Place(line.Locality), PlaceLeft, null, 0.2, Often: true)]
            : [number, name, day];
        double baseline = 0,
            height = 0;
        foreach (var cell in cells)
            baseline = Math.Max(baseline, cell.Block.Baselines[0]);
        foreach (var cell in cells)
            height = Math.Max(height, baseline - cell.Block.Baselines[0] + cell.Block.Height);
        return new(cells, baseline, height + (2 * Padding));
    }

    private TextBlock Day(DateOnly day) =>
        _days.TryGetValue(day, out var known) ? known : _days[day] = Fit(Instant.Text(day), SmallSize, DayWidth);

    private TextBlock Place(string locality) =>
        _places.TryGetValue(locality, out var known)
            ? known
            : _places[locality] = Fit(locality, SmallSize, _width - DayWidth - Gap - PlaceLeft);

    private TextBlock Fit(string text, double size, double width) =>
        TextBlock.Fit(_sheet.Text, text, size, width, Leading * size / Size, TallestRow);

    /// <summary>
    /// Begins at <paramref name="Left"/>, or ends at <paramref name="Right"/> if that is given.
    /// <paramref name="Often"/> marks content that other lines repeat.
    /// </summary>
    private readonly record struct Cell(TextBlock Block, double Left, double? Right, double Grey, bool Often);

    /// <summary>One line's cells on a common baseline.</summary>
    private sealed record Row(Cell[] Cells, double Baseline, double Height);
}
