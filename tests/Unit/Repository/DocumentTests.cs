using System.Text.RegularExpressions;
using Campaigns.Db;

namespace Campaigns.Tests.Unit.Repository;

/// <summary>What the documents name is there.</summary>
public sealed partial class DocumentTests
{
    private static readonly string _root = InstallationRoot.Find().Path;

    [Fact]
    public void Architecture_names_files_and_folders_that_exist()
    {
        var text = File.ReadAllText(Path.Combine(_root, "docs", "architecture.md"));
        var named = FileName().Matches(text).Select(match => match.Groups[1].Value).ToList();
        Assert.True(named.Count > 30, "The page names too few files.");
        var sources = new[] { "domain", "db", "worker", "api" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(_root, folder), "*.cs", SearchOption.AllDirectories)
            )
            .Select(file => Path.GetFileName(file))
            .ToHashSet(StringComparer.Ordinal);
        Assert.All(named, name => Assert.True(Exists(name, sources), $"docs/architecture.md names {name}."));
    }

    [Fact]
    public void Index_of_decisions_names_every_page()
    {
        var folder = Path.Combine(_root, "docs", "adr");
        var index = File.ReadAllText(Path.Combine(folder, "README.md"));
        var pages = Directory.EnumerateFiles(folder, "0*.md").Select(file => Path.GetFileName(file));
        Assert.All(pages, page => Assert.Contains($"({page})", index, StringComparison.Ordinal));
    }

    // A name without a folder stands beside the file that was named before it.
    private static bool Exists(string name, HashSet<string> sources) =>
        Path.Exists(Path.Combine(_root, name))
        || Path.Exists(Path.Combine(_root, "docs", name))
        || (!name.Contains('/', StringComparison.Ordinal) && sources.Contains(name));

    [GeneratedRegex(@"`([\w./-]+(?:\.cs|\.sql|/))`")]
    private static partial Regex FileName();
}
