using System.Globalization;
using System.Resources;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Campaigns.Api.Doctor;
using Campaigns.Checks;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>The command <c>doctor</c> as a whole.</summary>
public sealed class DoctorTests
{
    private static readonly string[] _needsMore =
    [
        "https",
        "mail",
        "spf",
        "dkim",
        "dmarc",
        "bounce-address",
        "jobs",
        "counters",
        "log",
        "backup",
        "restore-drill",
        "administrators",
        "unsafe-settings",
        // The database of the tests may have no checksums, and their folders may be in memory.
        "integrity",
        "file-system",
    ];

    [Fact]
    public async Task Checks_pass_beside_a_server_that_is_well()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        await server.SignAndConfirmAsync(slug, CampaignServer.Signature("well@example.org"));
        var checkup = await Checkup.RunAsync(server);
        var names = checkup.Names.Except(_needsMore);
        if (DatabaseUnderTest.IsPostgres)
        {
            // The server of the tests trades durability for speed, which is what the check is for.
            checkup.AssertFails("database", "off is fsync", "Database:*");
            names = names.Except(["database"]);
        }
        Assert.All(names, checkup.AssertPasses);
    }

    [Fact]
    public async Task Checks_run_while_the_server_is_stopped_and_change_nothing()
    {
        await using var fixture = await new CampaignFixture().StartAsync();
        await fixture.ConfirmAsync("one@example.org");
        await fixture.RestartAsync(_ => { }, serving: false);
        var before = Files(fixture.Folder);
        var checkup = await Checkup.RunAsync(fixture);
        checkup.AssertPasses("schema");
        checkup.AssertPasses("decryption");
        checkup.AssertFails("public-address", "does not answer", "proxy");
        Assert.Equal(before, Files(fixture.Folder));
    }

    [Fact]
    public async Task Results_name_no_address_name_or_token()
    {
        await using var fixture = await new CampaignFixture().StartAsync();
        await fixture.ConfirmAsync("canary-person@example.org");
        var checkup = await Checkup.RunAsync(
            fixture,
            "--Mail:Transport=smtp",
            "--Mail:From=Canary Name <canary-sender@example.org>",
            "--Mail:Host=127.0.0.1",
            "--Mail:Port=1",
            "--Mail:User=canary-user",
            "--Mail:Password=canary-password",
            "--Doctor:Resolver=127.0.0.1:1"
        );
        Assert.DoesNotContain("canary", checkup.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Missing_database_is_found_and_is_not_made()
    {
        var folder = Directory.CreateTempSubdirectory("campaign-").FullName;
        try
        {
            string[] none = DatabaseUnderTest.IsPostgres ? ["--Database:ConnectionString=Host=127.0.0.1;Port=1"] : [];
            var checkup = await Checkup.RunOnAsync(folder, Path.Combine(folder, "keys"), none);
            checkup.AssertFails("database", "database", "Database:*");
            checkup.AssertFails("key-files", "There is no key file", "copy of the keys");
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Text_says_what_to_do_and_the_exit_code_is_that_of_the_worst()
    {
        await using var server = await CampaignServer.StartAsync();
        var (code, said, _) = await CampaignProcess.RunAsync([
            "doctor",
            "--Mail:Transport=folder",
            $"--PublicUrl={server.Url}",
            .. CampaignProcess.On(server.Folder),
        ]);
        Assert.Equal(DatabaseUnderTest.IsPostgres ? 2 : 1, code);
        Assert.Contains("Mail:Transport is folder", said, StringComparison.Ordinal);
        Assert.Contains("Set what a public installation needs", said, StringComparison.Ordinal);
        Assert.Contains(DatabaseUnderTest.IsPostgres ? "1 broken" : "0 broken", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Exit_code_is_0_1_or_2()
    {
        Assert.Equal(0, CheckLimits.ExitCode([CheckState.Pass, CheckState.Skipped]));
        Assert.Equal(1, CheckLimits.ExitCode([CheckState.Warn, CheckState.Pass]));
        Assert.Equal(2, CheckLimits.ExitCode([CheckState.Warn, CheckState.Fail]));
    }

    [Theory, InlineData(""), InlineData("nl"), InlineData("nb")]
    public void Every_check_has_its_texts(string language)
    {
        var texts = new ResourceManager(typeof(CheckTexts)).GetResourceSet(
            CultureInfo.GetCultureInfo(language),
            createIfNotExists: true,
            tryParents: false
        )!;
        Assert.All(
            CheckList.All.Select(check => check.Name).Append("writes").Append("test-letter").Append("other"),
            name =>
            {
                Assert.NotEmpty(texts.GetString("Check." + name)!);
                Assert.NotEmpty(texts.GetString("Do." + name)!);
            }
        );
    }

    [Fact]
    public async Task System_of_the_api_has_the_same_checks()
    {
        await using var server = await CampaignServer.StartAsync();
        using var staff = await server.StaffAsync();
        var checks = JsonNode.Parse(await staff.GetStringAsync("/api/staff/system"))!["checks"]!.AsArray();
        Assert.Equal(
            CheckList.All.Select(check => check.Name).Order(),
            checks.Select(check => (string)check!["name"]!).Order()
        );
        var integrity = checks.Single(check => (string)check!["name"]! == "integrity")!;
        Assert.Equal("skipped", (string)integrity["result"]!);
        Assert.Contains("The command doctor runs it", (string)integrity["message"]!, StringComparison.Ordinal);
    }

    // SQLite makes the side files of a log, empty, for every reader.
    private static List<string> Files(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(path => !path.EndsWith("-shm", StringComparison.Ordinal) && new FileInfo(path).Length > 0)
                .Order(StringComparer.Ordinal)
                .Select(path => path + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))),
        ];
}
