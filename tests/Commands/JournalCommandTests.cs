using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands;

/// <summary>
/// The journal as an operator meets it: refused starts, the option, the commands.
/// </summary>
public sealed class JournalCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-journal-").FullName;

    private string Journal => Path.Combine(_folder, "journal.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Server_without_its_journal_starts_with_the_option_and_says_so()
    {
        await using (var server = await CampaignServer.StartAsync(_folder))
            await EraseAsync(server.Http, await SignAsync(server));
        Assert.Equal("here", (await RunAsync(0, "journal", "list")).Output.Trim().Split('\t')[^1]);
        File.Delete(Journal);

        // Every command that opens the database is refused, and none makes a new file.
        foreach (
            var command in (string[][])
                [
                    ["staff", "list"],
                    ["journal", "acknowledge"],
                    ["migrate"],
                ]
        )
            Assert.Contains("journal.jsonl is missing", (await RunAsync(2, command)).Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Journal));
        await using (var server = await CampaignServer.StartAsync(_folder, "--without-journal"))
            await SaysAsync(server.Http, "Entries of the journal are lost (journal.jsonl, ");
        await using (var server = await CampaignServer.StartAsync(_folder))
        {
            await SaysAsync(server.Http, "Entries of the journal are lost (journal.jsonl, ");
            Assert.StartsWith(
                "Acknowledged: journal.jsonl, ",
                (await RunAsync(0, "journal", "acknowledge")).Output,
                StringComparison.Ordinal
            );
            await CampaignServer.Expect(200, await server.Http.GetAsync("/healthz/ready"));
        }
        Assert.Contains("No lines", (await RunAsync(0, "journal", "acknowledge")).Output, StringComparison.Ordinal);
    }

    // The worker has arguments of its own.
    [Fact]
    [Trait("Database", "postgres")]
    public async Task Worker_without_its_journal_starts_with_the_option_only()
    {
        await using (var server = await CampaignServer.StartAsync(_folder))
            await EraseAsync(server.Http, await SignAsync(server));
        File.Delete(Journal);
        var refused = await Assert.ThrowsAsync<Xunit.Sdk.XunitException>(() => CampaignProcess.WorkAsync(_folder));
        Assert.Contains("journal.jsonl is missing", refused.Message, StringComparison.Ordinal);
        await using var worker = await CampaignProcess.WorkAsync(_folder, "--without-journal");
        await CampaignServer.UntilAsync(
            () => worker.Output.Contains("Entries of the journal are lost", StringComparison.Ordinal),
            "the worker does not log the loss"
        );
    }

    // The command replaces the database file.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Restore_without_the_journal_needs_the_option()
    {
        var backup = Path.Combine(_folder, "backup");
        await using (var server = await CampaignServer.StartAsync(_folder))
        {
            await EraseAsync(server.Http, await SignAsync(server));
            await RunAsync(0, "backup", backup);
        }
        File.Delete(Journal);
        Assert.Contains("Nothing was changed", (await RunAsync(1, "restore", backup)).Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder, "replaced-*"));
        await RunAsync(0, "restore", backup, "--without-journal");
        await using var again = await CampaignServer.StartAsync(_folder);
        await SaysAsync(again.Http, "Entries of the journal are lost (journal.jsonl, ");
    }

    [Fact]
    public async Task Kill_between_journal_and_commit_does_not_refuse_the_next_start()
    {
        string manage;
        await using (var server = await CampaignServer.StartAsync(_folder))
            manage = await SignAsync(server);
        // No head of the ledger comes in between.
        string[] unsealed = ["--Ledger:MinBatch=1000", "--Ledger:MaxDelay=1.00:00:00"];
        await using (var server = await CampaignProcess.ServeAsync(_folder, unsealed))
        {
            var before = File.ReadAllLines(Journal).Length;
            var hold = StatementHold.On(_folder, "journal_files", "INSERT", "NEW.sequence > 0");
            var erasing = EraseAsync(server.Http, manage);
            await hold.ReachedAsync("the position is not written");
            Assert.Contains(
                File.ReadAllLines(Journal).Skip(before),
                line => line.Contains("\"type\":\"erase\"", StringComparison.Ordinal)
            );
            await server.KillAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => erasing);
            await hold.EndAsync();
        }
        // The erasure was asked for: the start carries it out.
        await using var again = await CampaignProcess.ServeAsync(_folder);
        using var mine = new HttpRequestMessage(HttpMethod.Get, "/api/my/signature");
        mine.Headers.Authorization = new AuthenticationHeaderValue("Bearer", manage);
        await (await again.Http.SendAsync(mine)).ProblemAsync(401, "not-signed-in");
    }

    private static async Task<string> SignAsync(CampaignServer server) =>
        await server.SignAndConfirmAsync(
            await server.OpenCampaignAsync(KillTests.Slug),
            CampaignServer.Signature("kari@example.org")
        );

    private static async Task EraseAsync(HttpClient http, string manage)
    {
        using var erase = new HttpRequestMessage(HttpMethod.Delete, "/api/my/signature");
        erase.Headers.Authorization = new AuthenticationHeaderValue("Bearer", manage);
        await CampaignServer.Expect(204, await http.SendAsync(erase));
    }

    private static async Task SaysAsync(HttpClient http, string sentence)
    {
        var ready = await CampaignServer.Expect(503, await http.GetAsync("/healthz/ready"));
        var missing = (await ready.Content.ReadFromJsonAsync<JsonObject>())!["missing"]!["journal"]!;
        Assert.StartsWith(sentence, (string)missing!, StringComparison.Ordinal);
    }

    private async Task<(string Output, string Errors)> RunAsync(int code, params string[] command)
    {
        var done = await CampaignProcess.RunAsync([.. command, .. CampaignProcess.On(_folder)]);
        Assert.True(done.Code == code, $"{done.Code}: {done.Output}{done.Errors}");
        return (done.Output, done.Errors);
    }
}
