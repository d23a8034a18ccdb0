using System.Globalization;
using System.Text;

namespace Campaigns.Bench.Reports;

/// <summary>A scenario's table, its ratios and an explanation of them.</summary>
internal sealed class Report(string caption, params string[] columns)
{
    private readonly List<string[]> _rows = [];
    private readonly List<Target> _targets = [];

    public void Row(params string[] cells) => _rows.Add(cells);

    public void Add(Target target) => _targets.Add(target);

    public string ToMarkdown()
    {
        var text = new StringBuilder().Append(caption).Append("\n\n");
        Line(text, columns);
        Line(text, [.. columns.Select(_ => "---")]);
        foreach (var row in _rows)
            Line(text, row);
        if (_targets.Count == 0)
            return text.ToString();
        text.Append('\n');
        Line(text, "target", "measured", "spread", "at least", "moonshot", "");
        Line(text, "---", "---", "---", "---", "---", "---");
        foreach (var target in _targets)
            Line(text, target.Cells);
        return text.ToString();
    }

    private static void Line(StringBuilder text, params string[] cells) =>
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
}

/// <summary>A target of the design and the measured values.</summary>
/// <param name="Name">The two sides that are compared.</param>
/// <param name="Values">One value a round; the median counts.</param>
/// <param name="Least">The value that must be reached.</param>
/// <param name="Moonshot">The ambitious value.</param>
/// <param name="Unit">Shown after the number.</param>
/// <param name="LowerIsBetter">True for a cost.</param>
internal sealed record Target(
    string Name,
    IReadOnlyList<double> Values,
    double Least,
    double Moonshot,
    string Unit = "",
    bool LowerIsBetter = false
)
{
    public string[] Cells =>
        [
            Name,
            Number(Values.Median()),
            $"{Number(Values.Min())}–{Number(Values.Max())}",
            $"{(LowerIsBetter ? "≤ " : "")}{Number(Least)}",
            Number(Moonshot),
            Reaches(Moonshot) ? "moonshot"
            : Reaches(Least) ? "met"
            : "**missed**",
        ];

    private bool Reaches(double limit) => LowerIsBetter ? Values.Median() <= limit : Values.Median() >= limit;

    private string Number(double value) =>
        value.ToString(Unit == "ms" ? "0.0" : "0.00", CultureInfo.InvariantCulture)
        + (Unit.Length > 0 ? $" {Unit}" : "");
}

internal static class Medians
{
    /// <summary>The middle value; for an even count, the mean of the middle two.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
