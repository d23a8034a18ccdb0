using Campaigns.Db;
using Campaigns.Db.Journals;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>What the old database knows of its journal moves with it.</summary>
[Trait("Database", "postgres")]
public sealed class MovedJournalTests : IAsyncLifetime
{
    private MigrationPair _pair = null!;

    private string Journal => Path.Combine(_pair.Folder, "journal.jsonl");

    public async Task InitializeAsync() => _pair = await new MigrationPair().WithCampaignAsync();

    public async Task DisposeAsync() => await _pair.DisposeAsync();

    [Fact]
    public async Task New_side_needs_the_journal_of_the_old_one_in_the_same_folder()
    {
        Assert.Single(_pair.Move());
        var aside = Path.Combine(_pair.Folder, "aside");
        File.Move(Journal, aside);
        Assert.Contains(
            "journal.jsonl is missing",
            (await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder))).Message,
            StringComparison.Ordinal
        );
        File.Move(aside, Journal);
        await using var server = await CampaignServer.StartAsync(_pair.Folder);
        var file = Assert.Single(server.Services.GetRequiredService<JournalStore>().List());
        Assert.True(file is { File: "journal.jsonl", Sequence: > 0, IsHere: true });
    }

    [Fact]
    public async Task Move_without_the_journal_is_refused_until_a_start_goes_on_without_it()
    {
        File.Delete(Journal);
        var refused = await _pair.RunMoveAsync();
        Assert.Equal(1, refused.Code);
        Assert.Contains("journal.jsonl is missing", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _pair.QueryOld<long>("SELECT count(*) FROM fence"));

        await using (await CampaignServer.StartAsync(_pair.Folder, [.. _pair.Old, "--without-journal"])) { }
        var moved = await _pair.RunMoveAsync();
        Assert.True(moved.Code == 0, moved.Errors);
        await using var server = await CampaignServer.StartAsync(_pair.Folder);
        Assert.StartsWith(
            "Entries of the journal are lost (journal.jsonl, ",
            server.Services.GetRequiredService<JournalStore>().FindLoss(),
            StringComparison.Ordinal
        );
    }

    // The journal that a database from before this rule has is registered before it moves.
    [Fact]
    public async Task Database_from_before_this_rule_registers_its_journal_with_the_move()
    {
        using (var old = _pair.OpenOld())
            Dapper.SqlMapper.Execute(
                old,
                """
                DROP TABLE journal_files;
                DROP TABLE journal_gaps;
                DELETE FROM migrations WHERE name = '0022_known_journal.sql'
                """
            );
        Assert.Single(_pair.Move());
        File.Delete(Journal);
        await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder));
    }
}
