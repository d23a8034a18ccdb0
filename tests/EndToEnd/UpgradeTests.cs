using System.IO.Compression;
using System.Text.Json.Nodes;
using Campaigns.Api.Commands;
using Campaigns.Db;
using Campaigns.Db.Counts;
using Campaigns.Db.Inspection;
using Campaigns.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.EndToEnd;

/// <summary>
/// Databases that earlier programs made: twelve people signed and confirmed, the ledger is sealed,
/// and a packet was built. tests/README.md says how such a file is made.
/// </summary>
// The files are of the embedded database. PostgreSQL runs the same migrations.
[Trait("Database", "sqlite")]
public sealed class UpgradeTests : IDisposable
{
    private const string Slug = Demonstration.Slug;
    private const string Newer = "9999_of_a_newer_program.sql";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-upgrade-").FullName;

    /// <summary>The number of the newest migration of each file.</summary>
    public static TheoryData<string> Earlier => [.. Names];

    private static IEnumerable<string> Names =>
        Directory.GetFiles(Files, "*.zip").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    private static string Files => Path.Combine(InstallationRoot.Find().Path, "tests", "EndToEnd", "earlier");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Earlier))]
    public async Task Earlier_database_keeps_counts_and_root_and_goes_on(string newest)
    {
        Extract(newest);
        var lines = await File.ReadAllTextAsync(Path.Combine(_folder, "ledger.ndjson"));
        var earlier = new LedgerReplay();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Null(earlier.Add(line));
        Assert.Equal(12, earlier.Size);
        Assert.Equal(MigrationsAfter(newest), Plan());

        await using var server = await CampaignServer.StartOnAsync(MachineOfThatDay(), _folder);
        Assert.Empty(Plan());
        await AssertCountsAsync(server, earlier.Counts);
        Assert.Equal(lines, await server.Http.GetStringAsync(Ledger));
        Assert.Equal(Convert.ToHexStringLower(earlier.Root()), (string?)(await HeadAsync(server))["root"]);
        await server.RunAsync<Worker.Counts.RecountJob>();
        var campaign = server.Query<long>("SELECT id FROM campaigns");
        Assert.Equal(0, ((RecountStore)server.Services.GetService(typeof(RecountStore))!).Drift(campaign));

        await server.SignAndConfirmAsync(Slug, CampaignServer.Signature("later@example.org"));
        await CampaignServer.UntilAsync(async () => Size(await HeadAsync(server)) == 13, "the ledger is not sealed");
        await AssertCountsAsync(
            server,
            new Dictionary<string, long>(earlier.Counts) { ["NO"] = NorwayOf(earlier) + 1 }
        );
        Assert.StartsWith(lines, await server.Http.GetStringAsync(Ledger), StringComparison.Ordinal);
        var (code, output) = await PythonChecker.RunAsync("check_ledger.py", server.Url.ToString(), Slug);
        Assert.True(code == 0, output);
        await AssertPacketAsync(server);
    }

    [Fact]
    public async Task Older_program_refuses_a_newer_schema_and_changes_nothing()
    {
        Extract(Names.Last());
        Assert.Equal(0, (await CampaignProcess.RunAsync(["migrate", .. CampaignProcess.On(_folder)])).Code);
        using (var connection = DatabaseUnderTest.Open(_folder))
            connection.Execute("INSERT INTO migrations (name, applied_at) VALUES (@Newer, 0)", new { Newer });
        foreach (
            var command in (string[][])
                [
                    ["migrate"],
                    ["migrate", "--plan"],
                    ["--urls=http://127.0.0.1:0", "--Mail:Transport=folder"],
                ]
        )
        {
            var refused = await CampaignProcess.RunAsync([.. command, .. CampaignProcess.On(_folder)]);
            Assert.Equal(2, refused.Code);
            Assert.Contains(
                $"A newer program migrated this database ({Newer})",
                refused.Errors,
                StringComparison.Ordinal
            );
            Assert.Empty(refused.Output);
        }
    }

    [Fact]
    public async Task Plan_prints_the_migrations_that_would_run_and_changes_nothing()
    {
        const string newest = "0048";
        Extract(newest);
        var before = await File.ReadAllBytesAsync(Path.Combine(_folder, Database.FileName));
        var planned = await CampaignProcess.RunAsync(["migrate", "--plan", .. CampaignProcess.On(_folder)]);
        Assert.Equal(0, planned.Code);
        Assert.Equal(MigrationsAfter(newest), planned.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_folder, Database.FileName)));

        var none = Path.Combine(_folder, "none");
        var created = await CampaignProcess.RunAsync(["migrate", "--plan", .. CampaignProcess.On(none)]);
        Assert.Equal(0, created.Code);
        Assert.StartsWith("0001_first.sql\n", created.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(none));
    }

    private static string Ledger => $"/api/campaigns/{Slug}/ledger";

    private void Extract(string newest)
    {
        ZipFile.ExtractToDirectory(Path.Combine(Files, newest + ".zip"), _folder);
        var keys = Path.Combine(_folder, "keys");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var key in Directory.GetFiles(keys))
            KeyFile.Write(key, File.ReadAllBytes(key));
    }

    private IReadOnlyList<string> Plan() => MigrationPlan.Read(new DatabaseOptions(), _folder);

    // Every file that the earlier program did not have; merges brought some of lower numbers later.
    private IEnumerable<string> MigrationsAfter(string newest)
    {
        using var connection = DatabaseUnderTest.Open(_folder);
        var applied = connection.Query<string>("SELECT name FROM migrations").ToHashSet();
        Assert.StartsWith(newest, applied.Max(StringComparer.Ordinal), StringComparison.Ordinal);
        return Directory
            .GetFiles(Path.Combine(InstallationRoot.Find().Path, "db", "migrations"))
            .Select(file => Path.GetFileName(file))
            .Where(file => !file.EndsWith(".postgres.sql", StringComparison.Ordinal) && !applied.Contains(file))
            .Order(StringComparer.Ordinal);
    }

    // The campaign is open for 120 days from the day on which the file was made.
    private MachineClock MachineOfThatDay()
    {
        using var connection = DatabaseUnderTest.Open(_folder);
        var sealedAt = connection.QuerySingle<long>("SELECT max(sealed_at) FROM ledger_heads");
        var machine = MachineClock.Running();
        machine.Jump(DateTimeOffset.FromUnixTimeMilliseconds(sealedAt).AddHours(2) - machine.GetUtcNow());
        return machine;
    }

    private static async Task<JsonNode> HeadAsync(CampaignServer server) =>
        await server.GetJsonAsync($"/api/campaigns/{Slug}/ledger/head");

    private static long Size(JsonNode head) => head["size"]!.GetValue<long>();

    private static long NorwayOf(LedgerReplay earlier) => earlier.Counts.GetValueOrDefault("NO");

    private static async Task AssertCountsAsync(CampaignServer server, IReadOnlyDictionary<string, long> expected)
    {
        var counts = await server.GetJsonAsync($"/api/campaigns/{Slug}/counts");
        Assert.Equal(expected.Values.Sum(), counts["confirmed"]!.GetValue<long>());
        Assert.Equal(
            expected.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            counts["countries"]!
                .AsArray()
                .Select(row => KeyValuePair.Create((string)row!["country"]!, row["confirmed"]!.GetValue<long>()))
                .Where(pair => pair.Value > 0)
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        );
    }

    // The earlier packet has its record, and a new one is built and is true.
    private async Task AssertPacketAsync(CampaignServer server)
    {
        using var staff = await server.StaffAsync();
        var earlier = server.Query<long>("SELECT id FROM packets");
        var record = JsonNode.Parse(await staff.GetStringAsync($"/api/staff/packets/{earlier}"))!;
        Assert.Equal(12, Size(record["cutOff"]!));
        var id = await PacketOrders.OrderAsync(staff, Slug);
        await PacketOrders.ReadyAsync(staff, id);
        await File.WriteAllBytesAsync(At("packet.zip"), await staff.GetByteArrayAsync($"/api/staff/packets/{id}/file"));
        await File.WriteAllTextAsync(At("keys.json"), await server.Http.GetStringAsync("/api/keys"));
        await File.WriteAllTextAsync(At("lines.ndjson"), await server.Http.GetStringAsync(Ledger));
        var verified = new StringWriter();
        Assert.True(
            VerifyCommand.Run(At("packet.zip"), At("keys.json"), At("lines.ndjson"), null, verified) == 0,
            verified.ToString()
        );
    }

    private string At(string file) => Path.Combine(_folder, file);
}
