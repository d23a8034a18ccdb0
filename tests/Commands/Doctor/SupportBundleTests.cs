using System.IO.Compression;
using System.Text.Json.Nodes;
using Campaigns.Api.Commands;
using Campaigns.Api.Doctor.Settings;
using Campaigns.Db;
using Campaigns.Db.Files;
using Campaigns.Db.Inspection;
using Campaigns.Db.Schema;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.Configuration;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>The command <c>support-bundle</c>.</summary>
public sealed class SupportBundleTests : IAsyncLifetime
{
    private const string Canary = "canary";

    private CampaignFixture _fixture = null!;

    private string To => Path.Combine(_fixture.Folder, "support.zip");

    private string Log => Path.Combine(_fixture.Folder, "server.log");

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture().StartAsync();
        await _fixture.ConfirmAsync("canary-person@example.org");
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Bundle_has_versions_checks_counts_and_the_end_of_the_log()
    {
        await File.WriteAllLinesAsync(Log, Enumerable.Range(1, 300).Select(line => $"line {line}"));
        var files = await MakeAsync([$"--Doctor:LogFile={Log}"]);
        Assert.Equal(["database.json", "doctor.json", "log.txt", "machine.json", "settings.json"], files.Keys.Order());
        Assert.True(PrivateFiles.IsPrivate(To));
        var log = files["log.txt"].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(200, log.Length);
        Assert.Equal("line 300", log[^1].Trim());
        var database = JsonNode.Parse(files["database.json"])!;
        Assert.Equal("few", (string)database["rows"]!["signatures"]!);
        Assert.Equal(
            Classification.Columns.Keys.Select(column => column.Table).Distinct().Count(),
            database["rows"]!.AsObject().Count
        );
        Assert.NotEmpty((string)database["migration"]!);
        Assert.NotEmpty(JsonNode.Parse(files["doctor.json"])!["checks"]!.AsArray());
        var machine = JsonNode.Parse(files["machine.json"])!;
        Assert.Contains(".NET 10", (string)machine["runtime"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundle_says_that_the_log_is_in_no_file() =>
        Assert.StartsWith("The log is in no file", (await MakeAsync([]))["log.txt"], StringComparison.Ordinal);

    [Fact]
    public async Task Safe_settings_and_defaults_are_shown_and_all_others_masked()
    {
        var settings = JsonNode.Parse(
            (await MakeAsync(["--Mail:Port=2525", "--Mail:Password=p", "--Limits:Unknown=12"]))["settings.json"]
        )!;
        Assert.Equal("2525", (string)settings["Mail:Port"]!);
        Assert.Equal("14", (string)settings["Backup:Keep"]!);
        Assert.Equal("(masked)", (string)settings["Mail:Password"]!);
        Assert.Equal("(masked)", (string)settings["Data:Directory"]!);
        Assert.Equal("(masked)", (string)settings["Limits:Unknown"]!);
        Assert.Equal("(not set)", (string)settings["Mail:Host"]!);
    }

    [Fact]
    public async Task Canary_in_a_setting_is_nowhere_in_the_bundle()
    {
        var keys = KnownSettings
            .Defaults(InstallationRoot.Find())
            .AsEnumerable()
            .Select(pair => pair.Key)
            .Where(key => key.Contains(':', StringComparison.Ordinal) || key == "PublicUrl")
            .Where(key => !key.StartsWith("Logging", StringComparison.Ordinal) && key != "Doctor:LogFile")
            .ToList();
        Assert.True(keys.Count > 50);
        // One by one, because one wrong setting keeps others from being read.
        foreach (var group in keys.Select(key => new[] { key }).Append([.. keys]))
        {
            var settings = group.Select(key => $"--{key}={Canary}-of-{key.Replace(':', '-')}@example.org").ToArray();
            await File.WriteAllLinesAsync(Log, [.. settings, "a line that may be read"]);
            var files = await MakeAsync([$"--Doctor:LogFile={Log}", .. settings]);
            foreach (var (name, content) in files)
                Assert.False(
                    content.Contains(Canary, StringComparison.OrdinalIgnoreCase),
                    $"{string.Join(' ', group)} is shown in {name}"
                );
            Assert.Contains("a line that may be read", files["log.txt"], StringComparison.Ordinal);
            File.Delete(To);
        }
    }

    [Fact]
    public async Task Log_line_with_a_value_of_a_masked_setting_is_removed()
    {
        await File.WriteAllLinesAsync(Log, ["connecting to smtp.internal.example", "connected"]);
        var files = await MakeAsync([$"--Doctor:LogFile={Log}", "--Mail:Host=smtp.internal.example"]);
        var log = files["log.txt"].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["(a line was removed here: it may show an address, a link or a setting)", "connected"],
            log.Select(line => line.Trim())
        );
    }

    [Fact]
    public async Task Bundle_is_made_without_a_database()
    {
        var files = await MakeAsync([
            $"--Data:Directory={_fixture.Folder}/none",
            .. DatabaseUnderTest.IsPostgres ? (string[])["--Database:ConnectionString=Host=127.0.0.1;Port=1"] : [],
        ]);
        Assert.True((bool)JsonNode.Parse(files["database.json"])!["unreadable"]!);
    }

    [Fact]
    public async Task Existing_file_is_not_replaced()
    {
        await File.WriteAllTextAsync(To, "mine");
        Assert.Equal(2, await CommandLine.RunAsync(["support-bundle", To], TextWriter.Null, TextWriter.Null));
        Assert.Equal("mine", await File.ReadAllTextAsync(To));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(9, "few")]
    [InlineData(10, "10")]
    [InlineData(19_999, "10000")]
    [InlineData(275_123, "200000")]
    public void Counts_are_rounded(long rows, string expected) => Assert.Equal(expected, RowCounts.Round(rows));

    private async Task<Dictionary<string, string>> MakeAsync(string[] settings)
    {
        using var output = new StringWriter();
        var code = await CommandLine.RunAsync(
            [
                "support-bundle",
                To,
                "--Mail:Transport=folder",
                $"--Data:Directory={_fixture.Data}",
                $"--Keys:Directory={_fixture.Folder}/keys",
                .. DatabaseUnderTest.Arguments(_fixture.Data),
                .. settings,
            ],
            output,
            TextWriter.Null
        );
        Assert.Equal(0, code);
        Assert.Equal(To, output.ToString().Trim());
        using var zip = ZipFile.OpenRead(To);
        Dictionary<string, string> files = [];
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            files[entry.FullName] = await reader.ReadToEndAsync();
        }
        return files;
    }
}
