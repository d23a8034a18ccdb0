using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Repository;

/// <summary>
/// Everything that ships has its notice. The build and publish output says what ships.
/// </summary>
public sealed class ShippedNoticesTests
{
    private static readonly string _root = InstallationRoot.Find().Path;
    private static readonly string _notices = Read("THIRD-PARTY-NOTICES.txt");

    [Theory]
    [InlineData("Campaigns.Api")]
    [InlineData("Campaigns.Worker")]
    public void Notices_name_every_package_that_ships(string program)
    {
        var shipped = ShippedPackages(program);
        Assert.Contains(shipped, package => package.StartsWith("Npgsql ", StringComparison.Ordinal));
        foreach (var package in shipped)
            Assert.Contains($"\n{package}\n  Licence: ", _notices, StringComparison.Ordinal);
    }

    [Fact]
    public void Notices_name_every_font_that_ships()
    {
        var table = XDocument.Load(Path.Combine(_root, "docs", "licences", "Licences.props"));
        var parts = table
            .Descendants("BundledPart")
            .Select(part =>
                (
                    Name: part.Attribute("Include")!.Value,
                    Files: Directory.GetFiles(_root, part.Attribute("Files")!.Value)
                )
            )
            .ToList();
        var fonts = Directory.GetFiles(Path.Combine(_root, "worker", "Packets", "Fonts"), "*.ttf");
        Assert.NotEmpty(fonts);
        var named = parts.SelectMany(part => part.Files).Where(file => Path.GetExtension(file) == ".ttf");
        Assert.Equal(fonts.Order(), named.Order());
        foreach (var part in parts)
            Assert.Contains("\n" + part.Name + " ", _notices, StringComparison.Ordinal);
    }

    [Fact]
    public void Notices_contain_the_full_text_of_every_licence_they_name()
    {
        var table = XDocument.Load(Path.Combine(_root, "docs", "licences", "Licences.props"));
        var texts = table
            .Descendants("AllowedLicence")
            .ToDictionary(
                licence => licence.Attribute("Include")!.Value,
                licence =>
                    (licence.Attribute("Texts")?.Value ?? licence.Attribute("Include")!.Value + ".txt").Split(';')
            );
        texts["PostgreSQL"] = ["Npgsql.txt"];
        var named = Regex
            .Matches(_notices, @"^  Licence:   (?:.*used under )?(.*)$", RegexOptions.Multiline)
            .SelectMany(match => match.Groups[1].Value.Split(" AND "))
            .Distinct()
            .ToList();
        Assert.Contains("Apache-2.0", named);
        foreach (var text in named.SelectMany(licence => texts[licence]))
            Assert.Contains(Read("docs", "licences", text).Trim(), _notices, StringComparison.Ordinal);
    }

    [Trait("Speed", "slow")]
    [Theory]
    [InlineData("api", "Campaigns.Api")]
    [InlineData("worker", "Campaigns.Worker")]
    public async Task Publish_copies_licence_and_notices_and_keeps_libraries_separate(string project, string program)
    {
        var target = Directory.CreateTempSubdirectory("publish-").FullName;
        try
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            await DotnetAsync("publish", project, "--no-build", "--nologo", "-c", configuration, "-o", target);

            Assert.Equal(_notices, await File.ReadAllTextAsync(Path.Combine(target, "THIRD-PARTY-NOTICES.txt")));
            Assert.Equal(Read("LICENSE"), await File.ReadAllTextAsync(Path.Combine(target, "LICENSE")));
            // The LGPL lets the user replace its libraries, so each is a separate file.
            foreach (var library in Libraries(program))
                Assert.True(File.Exists(Path.Combine(target, library)), library + " is not a separate file.");
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    [Trait("Speed", "slow")]
    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    public async Task Publish_neither_trims_nor_merges_files(string project)
    {
        var output = await DotnetAsync("msbuild", project, "-getProperty:PublishTrimmed,PublishAot,PublishSingleFile");
        var properties = JsonDocument.Parse(output).RootElement.GetProperty("Properties");
        Assert.Equal(3, properties.EnumerateObject().Count());
        foreach (var property in properties.EnumerateObject())
            Assert.False(property.Value.GetString() == "true", property.Name + " is set, which the LGPL rules out.");
    }

    private static List<string> ShippedPackages(string program) =>
        [.. Packages(program).Where(Ships).Select(package => package.Name.Replace('/', ' '))];

    private static IEnumerable<string> Libraries(string program) =>
        Packages(program)
            .Where(package => package.Value.TryGetProperty("runtime", out _))
            .SelectMany(package => package.Value.GetProperty("runtime").EnumerateObject())
            .Select(file => Path.GetFileName(file.Name));

    /// <summary>
    /// Read from the dependency file beside the program, which lists what it loads.
    /// </summary>
    private static IEnumerable<JsonProperty> Packages(string program)
    {
        var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, program + ".deps.json")));
        var libraries = json.RootElement.GetProperty("libraries");
        return json
            .RootElement.GetProperty("targets")
            .EnumerateObject()
            .Single()
            .Value.EnumerateObject()
            .Where(library => libraries.GetProperty(library.Name).GetProperty("type").GetString() == "package");
    }

    private static bool Ships(JsonProperty library) =>
        new[] { "runtime", "native", "resources", "runtimeTargets" }.Any(kind =>
            library.Value.TryGetProperty(kind, out _)
        );

    private static async Task<string> DotnetAsync(params string[] arguments)
    {
        var (code, output, errors) = await Command.RunAsync(
            new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _root }
        );
        Assert.True(code == 0, $"dotnet {arguments[0]} ends with {code}: {errors} {output}");
        return output;
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([_root, .. path]));
}
