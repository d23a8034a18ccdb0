using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Campaigns.Tests.Commands;

/// <summary>The command <c>restore-drill</c> beside a running server.</summary>
// The command restores the file of the embedded database.
[Trait("Database", "sqlite")]
public sealed class RestoreDrillTests : IAsyncLifetime
{
    private CampaignServer _server = null!;

    private string Backup => Path.Combine(_server.Folder, "copied");

    private string BackupFile => Path.Combine(Backup, "campaign.db");

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(null, "--Ledger:MinBatch=1", "--Ledger:MaxDelay=00:00:01");
        var slug = await _server.OpenCampaignAsync();
        foreach (var name in (string[])["one", "two"])
            await _server.SignAndConfirmAsync(slug, CampaignServer.Signature($"{name}@example.org"));
        await CampaignServer.UntilAsync(
            async () => (int)(await _server.GetJsonAsync($"/api/campaigns/{slug}/ledger/head"))["size"]! == 2,
            "the signatures are not sealed"
        );
        Assert.Equal(0, (await RunAsync("backup", Backup)).Code);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Drill_restores_checks_deletes_and_is_recorded()
    {
        var (code, said) = await RunAsync("restore-drill", Backup);
        Assert.Equal(0, code);
        Assert.Contains("The backup can be restored", said, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_server.Folder, "restore-drill-*"));
        using var staff = await _server.StaffAsync();
        var backup = (await staff.GetFromJsonAsync<JsonObject>("/api/staff/system"))!["backup"]!;
        Assert.True((bool)backup["drillSucceeded"]!);
        Assert.NotNull((string?)backup["lastAt"]);
        Assert.NotNull((string?)backup["drilledAt"]);
    }

    [Fact]
    public async Task Drill_finds_a_damaged_copy_and_records_that_it_failed()
    {
        using (var file = File.OpenWrite(BackupFile))
        {
            file.Seek(-100, SeekOrigin.End);
            file.Write(RandomNumberGenerator.GetBytes(100));
        }
        var (code, said) = await RunAsync("restore-drill", Backup);
        Assert.Equal(1, code);
        Assert.NotEmpty(said);
        using var staff = await _server.StaffAsync();
        var backup = (await staff.GetFromJsonAsync<JsonObject>("/api/staff/system"))!["backup"]!;
        Assert.False((bool)backup["drillSucceeded"]!);
        Assert.Empty(Directory.GetDirectories(_server.Folder, "restore-drill-*"));
    }

    [Theory]
    [InlineData("UPDATE counters SET value = value + 1 WHERE state = 'confirmed'", "counts differ")]
    [InlineData("UPDATE ledger_heads SET jws = replace(jws, '.', '..') WHERE size = 2", "do not give the head")]
    public async Task Drill_finds_what_does_not_agree(string change, string expected)
    {
        await using (var copy = new SqliteConnection($"Data Source={BackupFile};Pooling=false"))
            Assert.NotEqual(0, await copy.ExecuteAsync(change));
        var manifest = Path.Combine(Backup, "backup.json");
        var described = JsonNode.Parse(await File.ReadAllTextAsync(manifest))!;
        described["sha256"] = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(BackupFile)));
        await File.WriteAllTextAsync(manifest, described.ToJsonString());
        var (code, said) = await RunAsync("restore-drill", Backup);
        Assert.Equal(1, code);
        Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drill_is_not_tried_without_a_folder() =>
        Assert.Equal(2, (await RunAsync("restore-drill", Path.Combine(_server.Folder, "none"))).Code);

    private async Task<(int Code, string Said)> RunAsync(params string[] command)
    {
        var (code, said, errors) = await CampaignProcess.RunAsync([.. command, .. CampaignProcess.On(_server.Folder)]);
        return (code, said + errors);
    }
}
