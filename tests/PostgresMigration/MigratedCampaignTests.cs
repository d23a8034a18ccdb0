using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// After a migration all data is there, work continues, and SQLite is refused for good.
/// </summary>
[Trait("Database", "postgres")]
public sealed class MigratedCampaignTests(MigratedCampaign fixture) : IClassFixture<MigratedCampaign>
{
    [Fact]
    public void Every_row_of_every_table_was_copied()
    {
        Assert.All(fixture.Rows, table => Assert.True(table.Value.Old.SequenceEqual(table.Value.New), table.Key));
        string[] full =
        [
            "signatures",
            "consents",
            "letters",
            "suppressions",
            "packets",
            "staff",
            "audit",
            "ledger_entries",
            "ledger_tiles",
            "network_requests",
            "key_checks",
            "counters_by_day",
            "letter_days",
            "mailbox_letters",
            "mail_domains",
            "counters_by_hour",
            "counters_by_provider",
            "journal_files",
        ];
        Assert.All(full, table => Assert.NotEmpty(fixture.Rows[table].New));
        Assert.Equal(8, fixture.Rows["key_checks"].New.Count);
        Assert.Equal(1, fixture.Query<long>("SELECT count(*) FROM signatures WHERE folded_index IS NOT NULL"));
    }

    [Fact]
    public void Leases_of_the_SQLite_side_are_released()
    {
        Assert.Equal(
            1,
            fixture.Query<long>("SELECT count(*) FROM letters WHERE state = 'queued' AND due_at = 99999999999999")
        );
        Assert.Equal(
            0,
            fixture.Query<long>(
                "SELECT count(*) FROM letters WHERE lease_owner = 'old' OR lease_until = 99999999999999"
            )
        );
    }

    [Fact]
    public void Command_reports_what_was_migrated()
    {
        var head = JsonNode.Parse(fixture.Before[MigratedCampaign.Path("/ledger/head")])!;
        var lines = fixture.Said.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["campaign\tsignatures\tconfirmed\tledger\troot", $"{MigrationPair.Slug}\t9\t2\t8\t{head["root"]}"],
            lines
        );
        Assert.Contains("stop its server", fixture.Said.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ledger_proofs_keys_and_counts_are_unchanged()
    {
        foreach (
            var (path, before) in fixture.Before.Where(pair =>
                pair.Key != "counts"
                && !pair.Key.EndsWith("/ledger/head", StringComparison.Ordinal)
                && !pair.Key.EndsWith("/ledger", StringComparison.Ordinal)
            )
        )
            Assert.Equal(before, await fixture.Server.Http.GetStringAsync(path));
        // Another test may have added lines.
        Assert.StartsWith(
            fixture.Before[MigratedCampaign.Path("/ledger")],
            await fixture.Server.Http.GetStringAsync(MigratedCampaign.Path("/ledger")),
            StringComparison.Ordinal
        );
        var head = JsonNode.Parse(fixture.Before[MigratedCampaign.Path("/ledger/head")])!;
        Assert.Equal(
            1,
            fixture.Query<long>(
                $"SELECT count(*) FROM ledger_heads WHERE size = {head["size"]} AND root = '{head["root"]}'"
            )
        );
    }

    [Fact]
    public async Task Earlier_links_tokens_receipts_and_packets_work()
    {
        foreach (var name in (string[])["kari", "after"])
        {
            using var mine = fixture.Server.WithBearer(fixture.Mine[name]);
            Assert.Equal(
                $"{name}@example.org",
                (string)(await mine.GetFromJsonAsync<JsonObject>("/api/my/signature/receipt"))!["email"]!
            );
        }
        using var staff = fixture.Server.WithBearer(fixture.StaffToken);
        Assert.Equal(fixture.Packet, await staff.GetByteArrayAsync($"{fixture.PacketAddress}/file"));
        Assert.Single(await staff.ListAsync($"/api/staff/campaigns/{MigrationPair.Slug}/signatures/held"));
    }

    [Fact]
    public async Task Next_line_has_the_next_number_and_new_ids_are_greater()
    {
        Assert.Equal(
            fixture.Before["counts"],
            MigratedCampaign.Countries(await fixture.Server.GetJsonAsync(MigratedCampaign.Path("/counts")))
        );
        await fixture.Server.ConfirmAsync(fixture.PendingLink);
        await CampaignServer.UntilAsync(
            async () => (long)(await fixture.Server.GetJsonAsync(MigratedCampaign.Path("/ledger/head")))["size"]! == 9,
            "no entry is sealed"
        );
        var lines = (await fixture.Server.Http.GetStringAsync(MigratedCampaign.Path("/ledger"))).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        Assert.Equal(8, (int)JsonNode.Parse(lines[8])!["n"]!);
        Assert.Equal(2, fixture.Query<long>("SELECT count(*) FROM writers WHERE number IN (0, 1) AND owner = 'moved'"));
        var made = fixture.Query<long>("SELECT max(id) FROM letters WHERE kind = 'manage'");
        Assert.True(made > fixture.NewestOldId);
        Assert.True(Ids.WriterOf(made) >= 2);
        await CampaignServer.Expect(200, await fixture.Server.Http.GetAsync("/healthz/ready"));
        Assert.Equal(0, fixture.Query<long>("SELECT count(*) FROM fence"));
    }

    [Fact]
    public async Task SQLite_side_serves_readers_only_and_does_not_restart()
    {
        await fixture.After.Signing.ProblemAsync(503, "overloaded");
        Assert.NotNull(fixture.After.Signing.Headers.RetryAfter);
        await CampaignServer.Expect(503, fixture.After.Ready);
        await CampaignServer.Expect(200, fixture.After.Counts);
        Assert.Contains("was moved to another one and is refused for good", fixture.Refused, StringComparison.Ordinal);
    }
}
