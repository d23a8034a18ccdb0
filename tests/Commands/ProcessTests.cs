using System.Net.Http.Headers;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands;

/// <summary>Starts, refused starts, and commands beside a running server.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-process-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // PostgreSQL allows any number of servers.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Second_server_on_one_database_file_is_refused()
    {
        await using var server = await CampaignProcess.ServeAsync(Data);
        var second = await CampaignProcess.RunAsync([
            "--urls=http://127.0.0.1:0",
            .. CampaignProcess.On(Data),
            "--Mail:Transport=folder",
        ]);
        AssertRefused(second, "Another Campaign server runs on this data folder");
    }

    [Fact]
    public async Task Commands_work_beside_a_running_server()
    {
        await using var server = await CampaignProcess.ServeAsync(Data);
        var added = await CampaignProcess.RunAsync([
            "staff",
            "add",
            "Anne",
            "--role",
            "administrator",
            .. CampaignProcess.On(Data),
        ]);
        Assert.Equal(0, added.Code);
        Assert.Matches("^cst_[A-Za-z0-9_-]{43}\r?\n$", added.Output);
        using var staff = new HttpClient { BaseAddress = server.Http.BaseAddress };
        staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", added.Output.Trim());
        await CampaignServer.Expect(200, await staff.GetAsync("/api/staff/campaigns"));

        var listed = await CampaignProcess.RunAsync(["staff", "list", .. CampaignProcess.On(Data)]);
        Assert.Contains("Anne\tadministrator", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cst_", listed.Output, StringComparison.Ordinal);
        Assert.Equal(
            0,
            (
                await CampaignProcess.RunAsync([
                    "staff",
                    "revoke",
                    listed.Output.Split('\t')[0],
                    .. CampaignProcess.On(Data),
                ])
            ).Code
        );
        await (await staff.GetAsync("/api/staff/campaigns")).ProblemAsync(401, "not-signed-in");

        // A name is accepted where it is unique: the first Anne is revoked already.
        Assert.Equal(
            0,
            (
                await CampaignProcess.RunAsync([
                    "staff",
                    "add",
                    "Anne",
                    "--role",
                    "auditor",
                    .. CampaignProcess.On(Data),
                ])
            ).Code
        );
        Assert.Equal(
            0,
            (await CampaignProcess.RunAsync(["staff", "revoke", "Anne", .. CampaignProcess.On(Data)])).Code
        );
        Assert.DoesNotContain(
            "active",
            (await CampaignProcess.RunAsync(["staff", "list", .. CampaignProcess.On(Data)])).Output,
            StringComparison.Ordinal
        );

        foreach (
            var wrong in (string[][])
                [
                    ["staff", "add", "X"],
                    ["staff", "add", "X", "--role", "king"],
                    ["staff", "add", "X", "--role", "organiser"],
                    ["staff", "add", "X", "--role", "organiser", "--country", "UK"],
                    ["staff", "add", "X", "--role", "auditor", "--country", "GB"],
                    ["staff", "revoke", "17"],
                    ["staff", "revoke", "x"],
                    ["staff", "add", " ", "--role", "auditor"],
                    ["nonsense"],
                    ["staff", "ad"],
                ]
        )
        {
            var refused = await CampaignProcess.RunAsync([.. wrong, .. CampaignProcess.On(Data)]);
            Assert.True(refused.Code != 0, string.Join(' ', wrong));
            Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("cst_", refused.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Failed_start_explains_the_reason_in_one_line()
    {
        AssertRefused(await ServeAsync("--Mail:Transport="), "Mail:Transport");
        AssertRefused(await ServeAsync("--Mail:Transport=pigeon"), "Mail:Transport");
        AssertRefused(await ServeAsync("--Mail:Transport=smtp"), "Mail:Host");
        AssertRefused(await ServeAsync("--Mail:Transport=folder", "--Database:Provider=oracle"), "Database:Provider");
        AssertRefused(
            await ServeAsync("--Mail:Transport=folder", "--Database:Provider=postgres", "--Database:ConnectionString="),
            "Database:ConnectionString"
        );
        AssertRefused(
            await ServeAsync(
                "--Mail:Transport=folder",
                "--Database:Provider=postgres",
                "--Database:ConnectionString=nonsense"
            ),
            "Database:ConnectionString"
        );
        AssertRefused(
            await ServeAsync(
                "--Mail:Transport=folder",
                "--Database:Provider=postgres",
                "--Database:ConnectionString=Host=127.0.0.1;Port=1;Database=campaign"
            ),
            "PostgreSQL cannot be used"
        );
        AssertRefused(await ServeAsync("--Mail:Transport=folder", "--Jobs:Storage=paper"), "Jobs:Storage");
        AssertRefused(
            await ServeAsync("--Mail:Transport=folder", "--Jobs:ConnectionString=x"),
            "Jobs:ConnectionString"
        );
        string[] away =
        [
            "--Database:Provider=postgres",
            "--Database:ConnectionString=Host=127.0.0.1;Port=1;Database=campaign",
        ];
        AssertRefused(
            await ServeAsync([
                "--Mail:Transport=folder",
                .. away,
                "--Jobs:Storage=postgres",
                "--Jobs:ConnectionString=nonsense",
            ]),
            "Jobs:ConnectionString"
        );
        AssertRefused(
            await ServeAsync("--Mail:Transport=folder", "--Limits:HoldAfterPerNetworkPerHour=0"),
            "HoldAfterPerNetworkPerHour"
        );
        AssertRefused(await ServeAsync("--Mail:Transport=folder", "--Ledger:MinBatch=0"), "MinBatch");
    }

    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Separate_worker_is_refused_on_SQLite() =>
        AssertRefused(await ServeAsync("--Mail:Transport=folder", "--Worker:InProcess=false"), "Worker:InProcess");

    [Fact]
    public async Task Start_is_refused_with_wrong_lost_or_foreign_keys()
    {
        Assert.Equal(0, (await CampaignProcess.RunAsync(["migrate", .. CampaignProcess.On(Data)])).Code);
        var keys = Path.Combine(Data, "keys");
        var other = Path.Combine(_folder, "other");
        Assert.Equal(0, (await CampaignProcess.RunAsync(["migrate", .. CampaignProcess.On(other)])).Code);
        foreach (var file in Directory.GetFiles(keys))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            var good = File.ReadAllBytes(file);
            File.Copy(Path.Combine(other, "keys", Path.GetFileName(file)), file, overwrite: true);
            AssertRefused(await ServeAsync("--Mail:Transport=folder"), "key");
            File.Delete(file);
            AssertRefused(await ServeAsync("--Mail:Transport=folder"), "key");
            Assert.False(File.Exists(file), "a lost key was created again");
            KeyFile.Write(file, good);
        }
        await using var server = await CampaignProcess.ServeAsync(Data);
    }

    private Task<(int Code, string Output, string Errors)> ServeAsync(params string[] settings) =>
        CampaignProcess.RunAsync(["--urls=http://127.0.0.1:0", .. CampaignProcess.On(Data), .. settings]);

    private static void AssertRefused((int Code, string Output, string Errors) ended, string words)
    {
        Assert.True(ended.Code == 2, $"Exit code {ended.Code}: {ended.Errors}");
        Assert.Contains(words, ended.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", ended.Errors + ended.Output, StringComparison.Ordinal);
    }
}
