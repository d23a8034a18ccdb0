using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Campaigns.Tests.Infrastructure;

/// <summary>Starts, refusals to start, and the commands beside a running server.</summary>
public sealed class ProcessTests : IDisposable
{
    // A ledger that went on after the backup would rightly keep the restored server from being ready.
    private static readonly string[] _unsealed = ["--Ledger:MinBatch=1000", "--Ledger:MaxDelay=1.00:00:00"];

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-process-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A restore puts a file in place.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task A_restore_that_was_cut_off_half_way_does_not_leave_an_empty_installation()
    {
        var folder = Directory.CreateTempSubdirectory("cut-off-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "campaign.db.restoring"), new byte[16]);
            var (code, _, errors) = await CampaignProcess.RunAsync(["migrate", .. CampaignProcess.On(folder)]);
            Assert.Equal(2, code);
            Assert.Contains("restore was cut off", errors, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(folder, "campaign.db")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // PostgreSQL takes as many as come.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task A_second_server_on_one_file_is_refused()
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
    public async Task Commands_take_their_turns_beside_a_server()
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

        // By name where it says enough: the Anne before her is revoked already.
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
    public async Task A_start_that_cannot_go_on_says_why_in_a_line()
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
    public async Task A_worker_elsewhere_is_refused_where_there_is_one_server() =>
        AssertRefused(await ServeAsync("--Mail:Transport=folder", "--Worker:InProcess=false"), "Worker:InProcess");

    [Fact]
    public async Task Wrong_lost_or_foreign_keys_refuse_the_start()
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
            Assert.False(File.Exists(file), "a lost key was made anew");
            File.WriteAllBytes(file, good);
        }
        await using var server = await CampaignProcess.ServeAsync(Data);
    }

    // The command copies the file.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task A_backup_taken_while_people_sign_comes_back_whole_and_forgets_whom_it_must()
    {
        var token = (
            await CampaignProcess.RunAsync([
                "staff",
                "add",
                "Backup",
                "--role",
                "administrator",
                .. CampaignProcess.On(Data),
            ])
        ).Output.Trim();
        var backup = Path.Combine(_folder, "backup");
        string manage;
        await using (var server = await CampaignProcess.ServeAsync(Data, _unsealed))
        {
            await KillTests.OpenAsync(server.Http, token);
            manage = await SignAndConfirmAsync(server.Http, "erased-later@example.org");
            using var stop = new CancellationTokenSource();
            var signed = 0;
            var load = Task.Run(async () =>
            {
                for (; !stop.IsCancellationRequested; Interlocked.Increment(ref signed))
                {
                    var body = CampaignServer.Signature($"b{signed}@example.org");
                    await server.Http.PostAsJsonAsync(KillTests.Signing, body);
                }
            });
            await CampaignServer.UntilAsync(() => load.IsCompleted || Volatile.Read(ref signed) > 5, "no answers");
            var backedUp = await CampaignProcess.RunAsync(["backup", backup, .. CampaignProcess.On(Data)]);
            Assert.True(backedUp.Code == 0, backedUp.Errors);
            await stop.CancelAsync();
            await load;
            Assert.NotEqual(0, (await CampaignProcess.RunAsync(["backup", backup, .. CampaignProcess.On(Data)])).Code);
            var running = await CampaignProcess.RunAsync(["restore", backup, .. CampaignProcess.On(Data)]);
            Assert.NotEqual(0, running.Code);
            Assert.Contains("Stop it first", running.Errors, StringComparison.Ordinal);
            using var erase = new HttpRequestMessage(HttpMethod.Delete, "/api/my/signature");
            erase.Headers.Authorization = new AuthenticationHeaderValue("Bearer", manage);
            await CampaignServer.Expect(204, await server.Http.SendAsync(erase));
        }
        Assert.DoesNotContain(Directory.GetFiles(backup), file =>
            file.Contains("key", StringComparison.OrdinalIgnoreCase)
        );
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(backup, "backup.json")))!;

        // Keys of another installation open nothing of it.
        var foreign = Path.Combine(_folder, "foreign");
        Assert.Equal(0, (await CampaignProcess.RunAsync(["migrate", .. CampaignProcess.On(foreign)])).Code);
        var refused = await CampaignProcess.RunAsync(["restore", backup, .. CampaignProcess.On(foreign)]);
        Assert.NotEqual(0, refused.Code);
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);

        var restored = await CampaignProcess.RunAsync(["restore", backup, .. CampaignProcess.On(Data)]);
        Assert.True(restored.Code == 0, restored.Errors);
        Assert.True(
            File.Exists(Path.Combine(Assert.Single(Directory.GetDirectories(Data, "replaced-*")), "campaign.db"))
        );
        await using var again = await CampaignProcess.ServeAsync(Data, _unsealed);
        again.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var counts = (await again.Http.GetFromJsonAsync<JsonObject>("/api/staff/campaigns/chechnya-2019/counts"))!;
        var rows = manifest["signatures"]!.AsArray();
        long Rows(string state) => rows.Where(row => (string)row!["state"]! == state).Sum(row => (long)row!["rows"]!);
        long Counted(string bucket) => counts["countries"]!.AsArray().Sum(country => (long)country![bucket]!);
        Assert.Equal(
            (Rows("pending"), Rows("confirmed") - 1, Rows("erased") + 1),
            (Counted("pending"), Counted("confirmed"), Counted("erased"))
        );
        using var mine = new HttpRequestMessage(HttpMethod.Get, "/api/my/signature");
        mine.Headers.Authorization = new AuthenticationHeaderValue("Bearer", manage);
        await (await again.Http.SendAsync(mine)).ProblemAsync(401, "not-signed-in");
    }

    private Task<(int Code, string Output, string Errors)> ServeAsync(params string[] settings) =>
        CampaignProcess.RunAsync(["--urls=http://127.0.0.1:0", .. CampaignProcess.On(Data), .. settings]);

    private static void AssertRefused((int Code, string Output, string Errors) ended, string words)
    {
        Assert.True(ended.Code == 2, $"Exit code {ended.Code}: {ended.Errors}");
        Assert.Contains(words, ended.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", ended.Errors + ended.Output, StringComparison.Ordinal);
    }

    private async Task<string> SignAndConfirmAsync(HttpClient http, string address)
    {
        await CampaignServer.Expect(
            202,
            await http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature(address))
        );
        var letter = await new Mailbox(Path.Combine(Data, "mail")).WaitForAsync(address, "/confirm/");
        var answer = await CampaignServer.Expect(
            200,
            await http.PostAsJsonAsync("/api/confirmations", new { token = letter.Token("/confirm/") })
        );
        return (string)(await answer.BodyAsync())["manageToken"]!;
    }
}
