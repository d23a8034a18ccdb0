using System.Text.RegularExpressions;
using Campaigns.Db;

namespace Campaigns.Bench.Reports;

/// <summary>
/// bench/RESULTS.md: one section a scenario, each with the machine, the day and the commit of the
/// measurement.
/// </summary>
internal static class ResultsFile
{
    public static void Record(string scenario, Report report)
    {
        var path = Path.Combine(InstallationRoot.Find().Path, "bench", "RESULTS.md");
        var section = $"## {scenario}\n\n{MachineFacts.Line()}\n\n{report.ToMarkdown()}";
        var text = File.Exists(path)
            ? File.ReadAllText(path)
            : "# Results\n\nHow to read and repeat them: [README.md](README.md).\n";
        var old = Regex.Match(
            text,
            $@"^## {scenario}$.*?(?=^## |\z)",
            RegexOptions.Multiline | RegexOptions.Singleline
        );
        text = old.Success
            ? text.Replace(old.Value, section + "\n", StringComparison.Ordinal)
            : $"{text.TrimEnd()}\n\n{section}";
        File.WriteAllText(path, text.TrimEnd() + "\n");
    }
}
