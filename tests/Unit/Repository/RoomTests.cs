using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Campaigns.Db;

namespace Campaigns.Tests.Unit.Repository;

/// <summary>Which folder may use which: the arrows that project references do not keep.</summary>
public sealed partial class RoomTests
{
    private static readonly string _root = InstallationRoot.Find().Path;

    /// <summary>
    /// A folder with the namespaces that its sources may not use.
    /// </summary>
    public static TheoryData<string, string[]> Forbidden =>
        new()
        {
            { "db/Files", ["Campaigns.Db"] },
            { "db/Caching", ["Campaigns.Db"] },
            { "db/Engine", [.. _stores, "Campaigns.Db.Operations", "Campaigns.Db.Caching"] },
            { "db/Keys", ["Campaigns.Db.Signatures", "Campaigns.Db.Operations"] },
            { "db/Journals", ["Campaigns.Db.Operations", "Campaigns.Db.Signatures", "Campaigns.Db.Packets"] },
            { "db/Campaigns", ["Campaigns.Db.Operations"] },
            { "db/Counts", ["Campaigns.Db.Operations", "Campaigns.Db.Packets", "Campaigns.Db.Letters"] },
            { "db/Ledger", ["Campaigns.Db.Operations", "Campaigns.Db.Letters"] },
            { "db/Letters", ["Campaigns.Db.Operations", "Campaigns.Db.Ledger", "Campaigns.Db.Packets"] },
            { "db/Packets", ["Campaigns.Db.Operations", "Campaigns.Db.Letters"] },
            { "db/Signatures", ["Campaigns.Db.Operations", "Campaigns.Db.Letters"] },
            { "db/Staff", ["Campaigns.Db.Operations", "Campaigns.Db.Signatures", "Campaigns.Db.Packets"] },
            { "db/Subscribers", ["Campaigns.Db.Operations", "Campaigns.Db.Letters", "Campaigns.Db.Packets"] },
            { "worker/Mail/Delivery", [.. _stores, "Campaigns.Db.Engine", "Campaigns.Worker.Jobs"] },
            { "worker/Packets/Documents", ["Campaigns.Db"] },
            { "worker/Packets/Pdf", ["Campaigns.Db", "Campaigns.Worker.Packets.Build"] },
            { "worker/Ledger", ["Hangfire", "Campaigns.Worker.Jobs"] },
            { "worker/Retention", ["Hangfire", "Campaigns.Worker.Jobs"] },
            { "api/Endpoints", ["Campaigns.Api.Commands", "Dapper", "System.Data"] },
            { "api/Pages", ["Dapper", "System.Data", "System.CommandLine"] },
            { "api/Http", ["Campaigns.Api.Commands", "Dapper", "System.CommandLine"] },
        };

    private static readonly string[] _stores =
    [
        "Campaigns.Db.Signatures",
        "Campaigns.Db.Campaigns",
        "Campaigns.Db.Letters",
        "Campaigns.Db.Ledger",
        "Campaigns.Db.Packets",
        "Campaigns.Db.Counts",
        "Campaigns.Db.Staff",
        "Campaigns.Db.Subscribers",
    ];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void Folder_uses_only_what_it_may(string folder, string[] forbidden)
    {
        var own = $"Campaigns.{char.ToUpperInvariant(folder[0])}{folder[1..].Replace('/', '.')}";
        var files = Sources(folder).ToList();
        Assert.NotEmpty(files);
        var wrong = files.SelectMany(file =>
            Using()
                .Matches(File.ReadAllText(file))
                .Select(match => match.Groups[1].Value)
                .Where(used => !IsIn(used, own) && forbidden.Any(name => IsIn(used, name)))
                .Select(used => $"{Path.GetRelativePath(_root, file)} uses {used}")
        );
        Assert.Empty(wrong);
    }

    [Fact]
    public void Namespaces_follow_folders()
    {
        // The words that every room uses stand in the root namespace; an import is one operation in two files.
        string[] rootWords = ["domain/Campaigns", "domain/Signatures/Disclosure"];
        var wrong = new[] { "domain", "db", "worker", "api", "tests", "bench" }
            .SelectMany(project =>
                Sources(project).Select(file => (File: Relative(file), Text: File.ReadAllText(file)))
            )
            .Where(source => !rootWords.Any(word => source.File.StartsWith(word, StringComparison.Ordinal)))
            .Where(source => !source.File.StartsWith("db/Operations/LedgerImport/", StringComparison.Ordinal))
            .Select(source => (source.File, Found: Namespace().Match(source.Text).Groups[1].Value))
            .Where(source => source.Found.Length > 0 && source.Found != Expected(source.File))
            .Select(source => $"{source.File}: {source.Found}");
        Assert.Empty(wrong);
    }

    /// <summary>
    /// A reader finds a type by the name of its file. The exceptions are the fields of a request or
    /// an answer, which stand beside their endpoint, and the cases of a closed type, which stand
    /// beside that type.
    /// </summary>
    [Fact]
    public void Type_that_another_folder_uses_stands_in_a_file_of_its_name()
    {
        var sources = new[] { "domain", "db", "worker", "api" }
            .SelectMany(Sources)
            .Select(file => (Folder: Path.GetDirectoryName(Relative(file))!, File: file, Text: File.ReadAllText(file)))
            .ToList();
        var words = sources
            .SelectMany(source => Word().Matches(source.Text).Select(word => (word.Value, source.Folder)))
            .Distinct()
            .ToLookup(word => word.Value, word => word.Folder, StringComparer.Ordinal);
        var wrong = sources
            .Where(source => !source.Folder.StartsWith("api/Endpoints", StringComparison.Ordinal))
            .SelectMany(source =>
                TopLevelType()
                    .Matches(source.Text)
                    .Select(type => (source.Folder, source.File, Type: type.Groups[1].Value, Line: type.Value))
            )
            .Where(type => Path.GetFileName(type.File).Split('.')[0] is var name && name != type.Type)
            .Where(type =>
                !type.Line.EndsWith($": {Path.GetFileNameWithoutExtension(type.File)};", StringComparison.Ordinal)
            )
            .Where(type => words[type.Type].Any(folder => folder != type.Folder))
            .Select(type => $"{Relative(type.File)}: {type.Type}");
        Assert.Empty(wrong);
    }

    // Rules only: no package, no file, no network, no database.
    [Fact]
    public void Domain_does_no_input_or_output()
    {
        using var assembly = new PEReader(File.OpenRead(typeof(Campaign).Assembly.Location));
        var metadata = assembly.GetMetadataReader();
        var references = metadata
            .AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .ToList();
        Assert.All(references, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
        var types = metadata
            .TypeReferences.Select(handle => metadata.GetTypeReference(handle))
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")
            .ToList();
        Assert.Contains("System.Text.Json.JsonDocument", types);
        string[] forbidden =
        [
            "System.IO.File",
            "System.IO.Directory",
            "System.Net.",
            "System.Data.",
            "System.Diagnostics.Process",
        ];
        Assert.DoesNotContain(types, type => forbidden.Any(name => type.StartsWith(name, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(_root, folder), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .Where(file => !Relative(file).Split('/').Any(part => part is "obj" or "bin"));

    private static string Relative(string file) => Path.GetRelativePath(_root, file).Replace('\\', '/');

    private static bool IsIn(string used, string name) =>
        used == name || used.StartsWith(name + ".", StringComparison.Ordinal);

    private static string Expected(string file)
    {
        var folders = file.Split('/')[..^1];
        var project = folders[0] == "domain" ? "" : $".{char.ToUpperInvariant(folders[0][0])}{folders[0][1..]}";
        return string.Concat(["Campaigns", project, .. folders[1..].Select(folder => $".{folder}")]);
    }

    [GeneratedRegex(@"^@?using (?:static )?(?:global::)?([\w.]+);?\s*$", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^(?:public |internal )(?:[a-z]+ )*(?:class|record|struct|interface|enum) (\w+).*$",
        RegexOptions.Multiline
    )]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
