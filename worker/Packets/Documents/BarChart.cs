using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// Bars that compare numbers at a glance; the table beside it has the numbers. To readers aloud it
/// is one figure with a text.
/// </summary>
internal static class BarChart
{
    private const double RowHeight = 15,
        BarHeight = 9,
        LabelWidth = 150,
        ValueWidth = 60,
        Size = 8.5;

    /// <summary>The most bars of a chart.</summary>
    public const int Most = 20;

    public static void Write(
        PageFlow flow,
        IReadOnlyList<(string Label, long Value)> bars,
        Func<long, string> number,
        string alternative
    )
    {
        var height = bars.Count * RowHeight;
        flow.EnsureHeight(height);
        var top = flow.Top;
        var figure = flow.Structure.Add(
            new PdfElement("Figure") { Alternative = alternative, Box = (Sheet.Left, top, Sheet.Measure, height) }
        );
        var longest = Math.Max(1, bars.Max(bar => bar.Value));
        var rows = bars.Select(bar =>
                (
                    Label: TextBlock.Fit(flow.Sheet.Text, bar.Label, Size, LabelWidth - 8, Size * 1.2, RowHeight),
                    Value: flow.Sheet.Text.Shape(number(bar.Value)),
                    Width: (Sheet.Measure - LabelWidth - ValueWidth) * bar.Value / longest
                )
            )
            .ToList();
        flow.Mark(page => page.Tag(figure, () =>
            {
                for (var i = 0; i < rows.Count; i++)
                {
                    var (label, value, width) = rows[i];
                    var middle = top + (i * RowHeight) + (RowHeight / 2);
                    var left = Sheet.Left + LabelWidth;
                    page.Block(label, Sheet.Left, middle - (label.Height / 2));
                    page.Rule(left, middle, Math.Max(width, 0.5), BarHeight, Sheet.Quiet);
                    page.Line(value, left + width + 5, middle + (Size * 0.36), Size);
                }
            }));
        flow.Skip(height + 12);
    }
}
