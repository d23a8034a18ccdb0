using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Ledger;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Commands;

/// <summary>Backup, restore and <c>ledger import</c> as an operator runs them.</summary>
public sealed class RestoredLedgerTests : IDisposable
{
    private const string Slug = "chechnya-2019";
    private const string Ledger = $"/api/campaigns/{Slug}/ledger";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-restored-").FullName;

    private string Data => Path.Combine(_folder, "data");

    private string Published => Path.Combine(_folder, "ledger.ndjson");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The commands copy and replace the database file. LedgerImportTests covers PostgreSQL.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Restored_backup_continues_the_published_ledger_after_an_import()
    {
        var token = (
            await CampaignProcess.RunAsync([
                "staff",
                "add",
                "Restore",
                "--role",
                "administrator",
                .. CampaignProcess.On(Data),
            ])
        ).Output.Trim();
        var backup = Path.Combine(_folder, "backup");
        JsonObject before;
        string receipt;
        await using (var server = await CampaignProcess.ServeAsync(Data, "--Limits:Enabled=false"))
        {
            await KillTests.OpenAsync(server.Http, token);
            var mine = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in (string[])["stays", "withdraws"])
                mine[name] = await ConfirmAsync(server.Http, name);
            await SealedAsync(server.Http, 2);
            using var stop = new CancellationTokenSource();
            var load = Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                    await server.Http.PostAsJsonAsync(
                        KillTests.Signing,
                        CampaignServer.Signature($"load{i}@example.org")
                    );
            });
            await CampaignServer.Expect(
                202,
                await server.Http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature("pending@example.org"))
            );
            Assert.Equal(0, (await CampaignProcess.RunAsync(["backup", backup, .. CampaignProcess.On(Data)])).Code);
            await stop.CancelAsync();
            await load;

            mine["pending"] = await ConfirmLetterAsync(server.Http, "pending");
            foreach (var name in (string[])["late", "later"])
                mine[name] = await ConfirmAsync(server.Http, name);
            await SealedAsync(server.Http, 5);
            await SendAsync(server.Http, HttpMethod.Post, "/api/my/signature/withdraw", mine["withdraws"]);
            await SealedAsync(server.Http, 6);
            before = (await server.Http.GetFromJsonAsync<JsonObject>(Ledger + "/head"))!;
            receipt = mine["stays"];
            await File.WriteAllBytesAsync(Published, await server.Http.GetByteArrayAsync(Ledger));
            var running = await ImportAsync();
            Assert.Equal(2, running.Code);
            Assert.Contains("Another Campaign server runs", running.Errors, StringComparison.Ordinal);
        }
        Assert.Equal(0, (await CampaignProcess.RunAsync(["restore", backup, .. CampaignProcess.On(Data)])).Code);

        Assert.Equal(1, (await ImportAsync(campaign: "unknown")).Code);
        Assert.Equal(1, (await ImportAsync(file: Published + ".gone")).Code);
        var cut = Path.Combine(_folder, "cut.ndjson");
        await File.WriteAllLinesAsync(cut, (await File.ReadAllLinesAsync(Published))[..^1]);
        var refused = await ImportAsync(file: cut);
        Assert.Equal(1, refused.Code);
        Assert.Matches("before line 5.*Nothing was imported", refused.Errors);
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);

        var imported = await ImportAsync();
        Assert.True(imported.Code == 0, imported.Errors);
        Assert.Contains("lines 2 to 5", imported.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Confirmed by them: 1 signature. Lines without a signature in this database: 2.",
            imported.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("nothing to import", (await ImportAsync()).Output, StringComparison.Ordinal);

        await using var again = await CampaignProcess.ServeAsync(Data, "--Limits:Enabled=false");
        var head = (await again.Http.GetFromJsonAsync<JsonObject>(Ledger + "/head"))!;
        Assert.Equal(
            ((long)before["size"]!, (string)before["root"]!, before["counts"]!.ToJsonString()),
            ((long)head["size"]!, (string)head["root"]!, head["counts"]!.ToJsonString())
        );
        Assert.Equal(await File.ReadAllTextAsync(Published), await again.Http.GetStringAsync(Ledger));
        await ConfirmAsync(again.Http, "afterwards");
        await SealedAsync(again.Http, 7);
        var file = Path.Combine(_folder, "receipt.json");
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/api/my/signature/receipt"))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", receipt);
            await File.WriteAllBytesAsync(
                file,
                await (await again.Http.SendAsync(request)).Content.ReadAsByteArrayAsync()
            );
        }
        var (code, output) = await PythonChecker.RunAsync(
            "check_ledger.py",
            again.Http.BaseAddress!.ToString(),
            Slug,
            "--receipt",
            file
        );
        Assert.StartsWith("All is true: 7 entries", output, StringComparison.Ordinal);
        Assert.Equal(0, code);
        again.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var counts = (await again.Http.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{Slug}/counts"))!;
        Assert.Equal(
            (3, 2, 0),
            (
                counts["countries"]!.AsArray().Sum(country => (long)country!["confirmed"]!),
                (long)counts["withoutSignature"]!,
                (long)counts["unsealed"]!
            )
        );
        Assert.Equal(5, (long)(await again.Http.GetFromJsonAsync<JsonObject>(KillTests.Counts))!["confirmed"]!);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Killed_import_is_applied_fully_or_not_at_all()
    {
        const int Entries = 60_000;
        var keys = Path.Combine(_folder, "keys");
        string backup;
        await using (var fixture = await new CampaignFixture(folder: _folder).StartAsync())
        {
            await fixture.BackUpAsync();
            backup = fixture.Backup;
            await fixture.QueueAsync(Entries);
            await fixture.SealAllAsync();
            await using var file = new StreamWriter(Published) { NewLine = "\n" };
            for (var n = 0; n < Entries; n += LedgerStore.Page)
                foreach (var line in fixture.Ledger.ReadLines(fixture.Campaign.Id, n, Entries))
                    await file.WriteLineAsync(line);
        }
        DatabaseUnderTest.Copy(backup, Data);

        for (var round = 0; round < 8; round++)
        {
            var place = Entries / 16 * ((2 * round) + 1);
            await using (var hold = StatementHold.On(Data, "ledger_entries", "INSERT", $"NEW.n = {place}"))
            {
                await using var import = CampaignProcess.Begin([
                    "ledger",
                    "import",
                    Published,
                    "--campaign",
                    Slug,
                    .. CampaignProcess.On(Data, keys),
                ]);
                await hold.ReachedAsync("the import does not begin");
                await import.KillAsync();
            }
            using var database = DatabaseUnderTest.Open(Data);
            Assert.Contains(database.QuerySingle<long>("SELECT ledger_size FROM campaigns"), (long[])[0, Entries]);
            Assert.Equal(
                database.QuerySingle<long>("SELECT ledger_size FROM campaigns"),
                database.QuerySingle<long>("SELECT count(*) FROM ledger_entries")
            );
            TestSql.AssertIntact(database);
        }
        var done = await CampaignProcess.RunAsync([
            "ledger",
            "import",
            Published,
            "--campaign",
            Slug,
            .. CampaignProcess.On(Data, keys),
        ]);
        Assert.True(done.Code == 0, done.Errors);
        await using var server = await CampaignProcess.ServeAsync(Data, $"--Keys:Directory={keys}");
        Assert.Equal(await File.ReadAllTextAsync(Published), await server.Http.GetStringAsync(Ledger));
        Assert.StartsWith(
            $"All is true: {Entries} entries",
            (await PythonChecker.RunAsync("check_ledger.py", server.Http.BaseAddress!.ToString(), Slug)).Output,
            StringComparison.Ordinal
        );
    }

    private Task<(int Code, string Output, string Errors)> ImportAsync(string? file = null, string campaign = Slug) =>
        CampaignProcess.RunAsync([
            "ledger",
            "import",
            file ?? Published,
            "--campaign",
            campaign,
            .. CampaignProcess.On(Data),
        ]);

    private async Task<string> ConfirmAsync(HttpClient http, string name)
    {
        await CampaignServer.Expect(
            202,
            await http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature(name + "@example.org"))
        );
        return await ConfirmLetterAsync(http, name);
    }

    private async Task<string> ConfirmLetterAsync(HttpClient http, string name)
    {
        var letter = await new TestMailbox(Path.Combine(Data, "mail")).WaitForAsync(name + "@example.org", "/confirm/");
        var answer = await CampaignServer.Expect(
            200,
            await http.PostAsJsonAsync("/api/confirmations", new { token = letter.Token("/confirm/") })
        );
        return (string)(await answer.BodyAsync())["manageToken"]!;
    }

    private static async Task SendAsync(HttpClient http, HttpMethod method, string path, string bearer)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        await CampaignServer.Expect(204, await http.SendAsync(request));
    }

    private static Task SealedAsync(HttpClient http, long size) =>
        CampaignServer.UntilAsync(
            async () => (long)(await http.GetFromJsonAsync<JsonObject>(Ledger + "/head"))!["size"]! >= size,
            $"the ledger does not reach {size}"
        );
}
