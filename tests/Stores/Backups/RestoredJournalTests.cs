using Campaigns.Crypto;
using Campaigns.Db.Journals;
using Campaigns.Db.Operations;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Backups;

/// <summary>
/// A restore needs the journal. Backup and restore copy the SQLite file; PostgreSQL has its own
/// tools.
/// </summary>
[Trait("Database", "sqlite")]
public sealed class RestoredJournalTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;
    private long _erased;
    private long _notMe;
    private string _token = null!;

    private string Backup => Path.Combine(_fixture.Folder, "backup");

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture(minBatch: 5).StartAsync();
        var ids = await _fixture.ConfirmManyAsync(6);
        (_erased, _notMe) = (ids[1], ids[2]);
        _token = await _fixture.Get<StaffStore>().AddAsync("Anne", Role.Auditor, [], Actor.Operator);
        await _fixture.SealAllAsync();
        await _fixture.WithdrawAsync(ids[0]);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task New_machine_needs_the_journal_and_repeats_what_ended_since()
    {
        BackUp();
        await LeaveAsync();
        await using var other = OtherMachine.Of(_fixture);
        AssertRefused(other, "journal.jsonl is missing, which had 2 entries");

        File.Copy(_fixture.JournalFile, other.JournalFile);
        other.Get<BackupStore>().Restore(Backup);
        await other.RestartAsync();

        AssertGone(other);
        Assert.Null(other.Get<JournalStore>().FindLoss());
        await other.EraseAsync(await other.ConfirmAsync("late@example.org"));
        await other.RestartAsync();
        Assert.Null(other.Get<JournalStore>().FindLoss());
    }

    [Fact]
    public async Task Journal_of_another_time_or_machine_is_not_enough()
    {
        var older = await File.ReadAllBytesAsync(_fixture.JournalFile);
        await LeaveAsync();
        BackUp();
        await using var other = OtherMachine.Of(_fixture);
        await File.WriteAllBytesAsync(other.JournalFile, older);
        AssertRefused(other, "journal.jsonl has 2 of its 5 entries");
        // The name does not matter, the lines do.
        File.Copy(_fixture.JournalFile, Path.Combine(other.Data, "journal-of-a.jsonl"));
        other.Get<BackupStore>().Restore(Backup);
    }

    [Fact]
    public async Task Restore_without_the_journal_is_reported_until_it_is_acknowledged()
    {
        BackUp();
        await LeaveAsync();
        await using var other = OtherMachine.Of(_fixture);
        other.Get<BackupStore>().Restore(Backup, withoutJournal: true);
        await other.RestartAsync();

        Assert.Contains("journal.jsonl, 2 entries", other.Get<JournalStore>().FindLoss(), StringComparison.Ordinal);
        Assert.Contains(other.Log.Lines, line => line.Event == JournalStore.JournalIncomplete);
        Assert.Equal("confirmed", State(other, _erased));
        Assert.Single(await other.Get<JournalStore>().AcknowledgeAsync(Actor.Operator));
        await other.RestartAsync();
        Assert.Null(other.Get<JournalStore>().FindLoss());
    }

    [Fact]
    public async Task Journal_that_the_replaced_database_knows_is_needed_too()
    {
        // This backup is older than the first line of the journal.
        await using var fixture = await new CampaignFixture().StartAsync();
        var id = await fixture.ConfirmAsync("kari@example.org");
        var backup = Path.Combine(fixture.Folder, "backup");
        var store = fixture.Get<BackupStore>();
        store.BackUp(fixture.Database, backup);
        await fixture.EraseAsync(id);
        var journal = await File.ReadAllBytesAsync(fixture.JournalFile);
        await fixture.RestartAsync(_ =>
        {
            File.Delete(fixture.JournalFile);
            var refusal = Assert.Throws<BackupRefusedException>(() => store.Restore(backup));
            Assert.Contains("journal.jsonl is missing, which had 1 entry", refusal.Message, StringComparison.Ordinal);
            File.WriteAllBytes(fixture.JournalFile, journal);
            store.Restore(backup);
        });
        Assert.Equal("erased", State(fixture, id));
    }

    [Fact]
    public async Task Backup_from_before_an_acknowledged_loss_still_needs_the_lost_lines()
    {
        var before = Path.Combine(_fixture.Folder, "before");
        await using var fixture = await new CampaignFixture().StartAsync();
        var id = await fixture.ConfirmAsync("kari@example.org");
        var store = fixture.Get<BackupStore>();
        store.BackUp(fixture.Database, before);
        fixture.Clock.Advance(TimeSpan.FromDays(1));
        await fixture.EraseAsync(id);
        fixture.WithoutJournal = true;
        await fixture.RestartAsync(_ => File.Delete(fixture.JournalFile));
        fixture.WithoutJournal = false;
        Assert.Single(await fixture.Get<JournalStore>().AcknowledgeAsync(Actor.Operator));
        fixture.Clock.Advance(TimeSpan.FromDays(1));
        store = fixture.Get<BackupStore>();
        store.BackUp(fixture.Database, Backup);

        await fixture.RestartAsync(_ =>
        {
            Assert.Throws<BackupRefusedException>(() => store.Restore(before));
            store.Restore(Backup);
        });
        Assert.Null(fixture.Get<JournalStore>().FindLoss());
        Assert.Equal("erased", State(fixture, id));
    }

    [Fact]
    public async Task Backup_from_before_this_rule_needs_a_journal_with_its_heads()
    {
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                DROP TABLE journal_files;
                DROP TABLE journal_gaps;
                DELETE FROM migrations WHERE name = '0022_known_journal.sql'
                """
            )
        );
        BackUp();
        await using var other = OtherMachine.Of(_fixture);
        AssertRefused(other, "it lacks heads that the database served");
        other.Get<BackupStore>().Restore(Backup, withoutJournal: true);
        await other.RestartAsync();
        Assert.Contains("(journal.jsonl, since", other.Get<JournalStore>().FindLoss(), StringComparison.Ordinal);

        await using var third = OtherMachine.Of(_fixture, "third");
        File.Copy(_fixture.JournalFile, third.JournalFile);
        third.Get<BackupStore>().Restore(Backup);
        await third.RestartAsync();
        Assert.Null(third.Get<JournalStore>().FindLoss());
    }

    private void BackUp() => _fixture.Get<BackupStore>().BackUp(_fixture.Database, Backup);

    // What the backup does not have.
    private async Task LeaveAsync()
    {
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.EraseAsync(_erased);
        Assert.Null(await _fixture.Get<NotMeStore>().RunAsync(_fixture.Link(LinkPurpose.NotMe, _notMe)));
        var staff = _fixture.Get<StaffStore>();
        Assert.True(await staff.RevokeAsync(_fixture.Get<TokenStore>().Find(_token)!.Member.Id, Actor.Operator));
    }

    private void AssertRefused(CampaignFixture machine, string sentence)
    {
        var before = Directory.GetFiles(machine.Data).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal));
        var files = before.ToList();
        var refusal = Assert.Throws<BackupRefusedException>(() => machine.Get<BackupStore>().Restore(Backup));
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--without-journal", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(files, before);
    }

    private void AssertGone(CampaignFixture machine)
    {
        Assert.Equal("erased", State(machine, _erased));
        Assert.Equal("erased", State(machine, _notMe));
        Assert.Equal(
            1,
            machine.Query(connection =>
                connection.QuerySingle<long>("SELECT count(*) FROM suppressions WHERE reason = 'not-me'")
            )
        );
        Assert.Null(machine.Get<TokenStore>().Find(_token));
    }

    private static string State(CampaignFixture machine, long id) =>
        machine.Query(connection =>
            connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id })
        );
}
