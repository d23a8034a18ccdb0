using System.Text.RegularExpressions;
using Campaigns.Db;

namespace Campaigns.Tests.Unit.Repository;

/// <summary>What the documents name is there.</summary>
public sealed partial class DocumentTests
{
    private static readonly string _root = InstallationRoot.Find().Path;

    private static readonly string[] _folders = ["api", "db", "domain", "worker", "tests", "bench", "docs", ".ci"];

    private static readonly List<string> _files =
    [
        .. _folders
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(_root, folder), "*", SearchOption.AllDirectories)
            )
            .Select(file => Path.GetRelativePath(_root, file))
            .Where(file => !file.Split('/').Any(part => part is "obj" or "bin")),
    ];

    private static readonly HashSet<string> _fileNames = _files.Select(file => Path.GetFileName(file)).ToHashSet();

    public static TheoryData<string> Documents =>
        new([
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "tests/README.md",
            .. _files
                .Where(file => file.StartsWith("docs/", StringComparison.Ordinal))
                .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ]);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_names_files_and_folders_that_exist(string document)
    {
        var text = File.ReadAllText(Path.Combine(_root, document));
        var folder = Path.GetDirectoryName(document)!;
        var named = Name().Matches(text).Select(match => match.Groups[1].Value).Where(IsOfRepository);
        Assert.All(named, name => Assert.True(Exists(name, folder), $"{document} names {name}."));
        var linked = Link().Matches(text).Select(match => match.Groups[1].Value);
        Assert.All(linked, path => Assert.True(IsPath(path, folder), $"{document} links to {path}."));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_names_tests_that_exist(string document)
    {
        var text = File.ReadAllText(Path.Combine(_root, document));
        foreach (Match test in Test().Matches(text))
        {
            var type = typeof(DocumentTests).Assembly.GetTypes().SingleOrDefault(t => t.Name == test.Groups[1].Value);
            Assert.True(type is not null, $"{document} names {test.Value}.");
            if (test.Groups[2].Success)
                Assert.True(type.GetMethod(test.Groups[2].Value) is not null, $"{document} names {test.Value}.");
        }
    }

    [Fact]
    public void Map_of_the_readme_names_folders_that_exist()
    {
        var text = File.ReadAllText(Path.Combine(_root, "README.md"));
        var map = text.Split("## The map")[1].Split("```")[1];
        var top = "";
        var named = 0;
        foreach (var line in map.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != ' ')
                top = line.Split(' ')[0];
            foreach (var name in MapName().Matches(line).Select(match => match.Value))
            {
                named++;
                Assert.True(
                    IsPath(name, "") || IsPath(name, top) || IsPath(name, top + MapName().Match(line).Value),
                    $"The map names {name} in {top}."
                );
            }
        }
        Assert.True(named > 50, "The map names too few folders.");
    }

    [Fact]
    public void Architecture_names_the_files_of_each_step()
    {
        var text = File.ReadAllText(Path.Combine(_root, "docs", "architecture.md"));
        Assert.True(Name().Matches(text).Count(match => IsOfRepository(match.Groups[1].Value)) > 30);
    }

    [Fact]
    public void Index_of_decisions_names_every_page()
    {
        var folder = Path.Combine(_root, "docs", "adr");
        var index = File.ReadAllText(Path.Combine(folder, "README.md"));
        var pages = Directory.EnumerateFiles(folder, "0*.md").Select(file => Path.GetFileName(file));
        Assert.All(pages, page => Assert.Contains($"({page})", index, StringComparison.Ordinal));
    }

    [Fact]
    public void Readme_of_the_tests_names_every_folder()
    {
        var text = File.ReadAllText(Path.Combine(_root, "tests", "README.md"));
        var folders = _files
            .Where(file => file.StartsWith("tests/", StringComparison.Ordinal) && file.Count(c => c == '/') > 1)
            .Select(file => file.Split('/')[1])
            .Distinct();
        Assert.All(folders, folder => Assert.Contains($"`{folder}/`", text, StringComparison.Ordinal));
    }

    // Other names are of files that the product writes, or of columns, settings and types.
    private static bool IsOfRepository(string name) =>
        _folders.Contains(name.Split('/')[0]) && name.Contains('/', StringComparison.Ordinal)
        || Path.GetExtension(name) is ".cs" or ".sql" or ".sh" or ".py" or ".csproj" or ".props" or ".targets"
        || name.EndsWith('/');

    // A name without a folder stands beside the file that was named before it.
    private static bool Exists(string name, string folder) =>
        IsPath(name, "")
        || IsPath(name, folder)
        || (!name.Contains('/', StringComparison.Ordinal) && _fileNames.Contains(name));

    private static bool IsPath(string name, string folder) => Path.Exists(Path.Combine(_root, folder, name));

    [GeneratedRegex(@"`((?:\.ci|\w)[\w./-]*)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\]\(([^)#:]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(\w+Tests)(?:\.(\w+))?`")]
    private static partial Regex Test();

    [GeneratedRegex(@"[\w.-]+(?:/[\w.-]*|\.cs|\.md)(?=[\s,;:)]|$)")]
    private static partial Regex MapName();
}
