using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// A table of a <see cref="PageFlow"/>. The first cell of a row names it, and the head is repeated
/// on every page; only the first is part of the structure.
/// </summary>
internal sealed class FlowTable(PageFlow flow, IReadOnlyList<Column> columns, double size)
{
    private const double Padding = 2.2;

    private readonly PdfElement _table = flow.Structure.Add(new("Table"));

    public void Write(IReadOnlyList<string> head, IReadOnlyList<IReadOnlyList<string>> rows, bool sum)
    {
        flow.EnsureHeight(70);
        Head(head, repeated: false);
        for (var i = 0; i < rows.Count; i++)
        {
            var cells = Cells(rows[i], size, sum && i == rows.Count - 1);
            if (flow.BreakBefore(Height(cells)))
                Head(head, repeated: true);
            Row(cells, Sheet.Ink, thickness: 0.3, _table.Add(new("TR")), isHead: false);
        }
    }

    private void Head(IReadOnlyList<string> head, bool repeated) =>
        Row(
            Cells(head, Math.Min(size, 9) - 1.5, strong: true),
            Sheet.Quiet,
            thickness: 0.8,
            repeated ? null : _table.Add(new("TR")),
            isHead: true
        );

    private TextBlock[] Cells(IReadOnlyList<string> cells, double size, bool strong) =>
        [
            .. cells.Select(
                (cell, i) =>
                    TextBlock.Fit(
                        strong ? flow.Sheet.Strong : flow.Sheet.Text,
                        cell,
                        size,
                        columns[i].Width - 6,
                        size * 1.3,
                        300
                    )
            ),
        ];

    private static double Height(TextBlock[] cells) => cells.Max(cell => cell.Height) + (2 * Padding);

    private void Row(TextBlock[] cells, double grey, double thickness, PdfElement? row, bool isHead)
    {
        var (y, height) = (flow.Top, Height(cells));
        var elements = cells.Select((_, i) => row?.Add(CellOf(i, isHead))).ToArray();
        flow.Mark(page =>
        {
            var x = Sheet.Left;
            for (var i = 0; i < cells.Length; i++)
            {
                var block = cells[i];
                var indent = columns[i].Numbers ? columns[i].Width - 6 - (block.Widest * block.Size / 1000) : 0;
                var left = x + indent;
                if (elements[i] is { } element)
                    page.Tag(element, () => page.Block(block, left, y + Padding, grey));
                else
                    page.Artifact(() => page.Block(block, left, y + Padding, grey));
                x += columns[i].Width;
            }
            page.Artifact(() =>
                page.Rule(Sheet.Left, y + height, Sheet.Measure, thickness, thickness > 0.5 ? 0.4 : Sheet.Hairline)
            );
        });
        flow.Skip(height);
    }

    private static PdfElement CellOf(int column, bool isHead) =>
        isHead ? new("TH") { Scope = "Column" }
        : column == 0 ? new("TH") { Scope = "Row" }
        : new("TD");
}
