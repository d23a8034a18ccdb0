using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands;

/// <summary>The commands <c>backup</c> and <c>restore</c> beside a running server.</summary>
public sealed class BackupCommandTests : IDisposable
{
    // With more ledger entries after the backup, the restored server would rightly not become ready.
    private static readonly string[] _unsealed = ["--Ledger:MinBatch=1000", "--Ledger:MaxDelay=1.00:00:00"];

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-backup-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A restore replaces the database file.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Interrupted_restore_does_not_leave_an_empty_installation()
    {
        var folder = Directory.CreateTempSubdirectory("cut-off-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "campaign.db.restoring"), new byte[16]);
            var (code, _, errors) = await CampaignProcess.RunAsync(["migrate", .. CampaignProcess.On(folder)]);
            Assert.Equal(2, code);
            Assert.Contains("restore was interrupted", errors, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(folder, "campaign.db")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The command copies the database file.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Backup_taken_under_load_restores_fully_and_repeats_erasures()
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
            await KillTests.OpenAsync(server.Http, token, sensitive: false);
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
            Path.GetFileName(file).Contains("key", StringComparison.OrdinalIgnoreCase)
        );
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(backup, "backup.json")))!;

        // Keys of another installation decrypt nothing.
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

    private async Task<string> SignAndConfirmAsync(HttpClient http, string address)
    {
        await CampaignServer.Expect(
            202,
            await http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature(address))
        );
        var letter = await new TestMailbox(Path.Combine(Data, "mail")).WaitForAsync(address, "/confirm/");
        var answer = await CampaignServer.Expect(
            200,
            await http.PostAsJsonAsync("/api/confirmations", new { token = letter.Token("/confirm/") })
        );
        return (string)(await answer.BodyAsync())["manageToken"]!;
    }
}
