using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Running;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Ledger;

public sealed class LedgerRecoveryTests : IAsyncLifetime
{
    private OneCampaign _house = null!;

    public async Task InitializeAsync() => _house = await new OneCampaign(minBatch: 5).StartAsync();

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Somebody_erased_after_the_backup_is_erased_again()
    {
        var ids = await _house.ConfirmManyAsync(6);
        await _house.SealAsync();
        await _house.BackUpAsync();
        await _house.EraseAsync(ids[2]);

        await _house.RestoreAsync();

        var row = _house.Query(connection => connection.QuerySingle<(string State, byte[]? Contact, byte[]? Key)>(
            "SELECT state, contact, ledger_key FROM signatures WHERE id = @id", new { id = ids[2] }));
        Assert.Equal(("erased", null, null), row);
        Assert.Equal(5, _house.Query(connection => connection.QuerySingle<long>("SELECT SUM(value) FROM counters WHERE state = 'confirmed'")));
        Assert.Contains(_house.Log.Lines, line => line.Event == LedgerRecovery.ActsReplayed);
        // The journal did not keep the ledger from going on: what the world saw is all here.
        await _house.SealAllAsync();
        Assert.Equal(7, _house.Ledger.GetHead(_house.Campaign.Id).Size);

        _house.Log.Lines.Clear();
        await _house.RestartAsync();
        Assert.DoesNotContain(_house.Log.Lines, line => line.Event == LedgerRecovery.ActsReplayed);
    }

    [Fact]
    public async Task Somebody_who_withdrew_or_showed_less_after_the_backup_is_obeyed_again_and_who_showed_more_is_left_alone()
    {
        var ids = await _house.ConfirmManyAsync(4);
        await _house.SealAsync();
        await _house.BackUpAsync();
        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        await _house.WithdrawAsync(ids[0]);
        await ShowAsync(ids[1], Disclosure.Count);
        await ShowAsync(ids[2], Disclosure.Initials);

        await _house.RestoreAsync();

        Assert.Equal(("withdrawn", "name"), Shown(ids[0]));
        Assert.Equal(("confirmed", "count"), Shown(ids[1]));
        Assert.Equal(("confirmed", "initials"), Shown(ids[2]));
        Assert.Equal(("confirmed", "name"), Shown(ids[3]));
        Assert.Equal(3, _house.Query(connection => connection.QuerySingle<long>("SELECT SUM(value) FROM counters WHERE state = 'confirmed'")));

        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        await ShowAsync(ids[1], Disclosure.Name);
        await _house.RestartAsync();
        Assert.Equal(("confirmed", "name"), Shown(ids[1]));
    }

    [Fact]
    public async Task What_the_journal_asks_for_is_not_written_into_it_again()
    {
        var ids = await _house.ConfirmManyAsync(3);
        await _house.BackUpAsync();
        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        await ShowAsync(ids[0], Disclosure.Count);
        await _house.EraseAsync(ids[1]);
        Assert.Null(await _house.Get<ConfirmationStore>().NotMeAsync(_house.Link(LinkPurpose.NotMe, ids[2])));
        var lines = File.ReadAllLines(_house.JournalFile).Length;

        await _house.RestoreAsync();

        Assert.Equal(lines, File.ReadAllLines(_house.JournalFile).Length);
        Assert.Equal(2, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM signatures WHERE state = 'erased'")));
        // Whoever said "this was not me" is left in peace also after the restore.
        Assert.Equal(1, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM suppressions WHERE reason = 'not-me'")));
    }

    [Fact]
    public async Task A_database_older_than_the_published_ledger_seals_no_more_and_says_so()
    {
        await _house.ConfirmManyAsync(5);
        await _house.SealAsync();
        await _house.BackUpAsync();
        await _house.ConfirmManyAsync(5, "NL");
        await _house.SealAsync();
        Assert.Equal(10, _house.Ledger.GetHead(_house.Campaign.Id).Size);

        await _house.RestoreAsync();

        Assert.Contains(_house.Log.Lines, line => line.Event == LedgerRecovery.SealingStopped && line.Level == LogLevel.Error && line.Text.Contains(OneCampaign.Slug, StringComparison.Ordinal));
        Assert.Contains("10 entries", Assert.Single(_house.Get<SealingSuspensions>().Reasons), StringComparison.Ordinal);
        await _house.ConfirmManyAsync(7, "NO");
        await _house.SealAllAsync();
        Assert.Equal(5, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        Assert.Equal(5, _house.Lines().Count);

        // Another campaign is none the worse for it.
        var other = await _house.CreateAsync("other-campaign");
        for (var i = 0; i < 5; i++) await _house.ConfirmAsync($"o{i}@example.org", "GB", other);
        await _house.SealAllAsync();
        Assert.Equal(5, _house.Ledger.GetHead(other.Id).Size);
    }

    [Fact]
    public async Task A_second_history_of_the_same_length_is_noticed_too()
    {
        // Enough that chance does not put them into the same order twice.
        await _house.ConfirmManyAsync(12);
        await _house.BackUpAsync();
        await _house.SealAsync();
        var seen = _house.Ledger.GetHead(_house.Campaign.Id).Root;

        // Somebody put the journal away, sealed anew, and put it back.
        var kept = Path.Combine(_house.Folder, "journal.jsonl");
        await _house.RestoreAsync(alsoDo: data => File.Move(Path.Combine(data, "journal.jsonl"), kept));
        await _house.SealAsync();
        Assert.NotEqual(seen, _house.Ledger.GetHead(_house.Campaign.Id).Root);
        await _house.RestartAsync(data => File.Copy(kept, Path.Combine(data, "journal.jsonl"), overwrite: true));

        Assert.Single(_house.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task What_another_machine_published_and_was_asked_for_is_obeyed_when_its_journal_is_laid_beside()
    {
        var ids = await _house.ConfirmManyAsync(5);
        await _house.SealAsync();
        await _house.BackUpAsync();
        var before = await File.ReadAllTextAsync(_house.JournalFile);
        await _house.EraseAsync(ids[2]);
        await _house.ConfirmManyAsync(5, "NL");
        await _house.SealAsync();
        var size = _house.Ledger.GetHead(_house.Campaign.Id).Size;

        // Of what came after the backup this machine's own journal knows nothing.
        await _house.RestoreAsync(alsoDo: data =>
        {
            File.Move(_house.JournalFile, Path.Combine(data, "journal-of-b.jsonl"));
            File.WriteAllText(_house.JournalFile, before);
        });

        Assert.Contains($"{size} entries", Assert.Single(_house.Get<SealingSuspensions>().Reasons), StringComparison.Ordinal);
        Assert.Equal("erased", _house.Query(connection => connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id = ids[2] })));
        Assert.Equal(before, await File.ReadAllTextAsync(_house.JournalFile));
    }

    [Fact]
    public async Task A_lost_journal_learns_the_newest_heads_anew()
    {
        await _house.ConfirmManyAsync(5);
        await _house.SealAsync();
        await _house.RestartAsync(data => File.Delete(Path.Combine(data, "journal.jsonl")));

        Assert.Empty(_house.Get<SealingSuspensions>().Reasons);
        var head = _house.Ledger.GetHead(_house.Campaign.Id);
        var remembered = Assert.Single(_house.Database.Journal.Read().Heads);
        Assert.Equal((_house.Campaign.Id, 5, head.Root), (remembered.CampaignId, remembered.Size, remembered.Root));
    }

    [Fact]
    public async Task Killed_between_journal_and_database_the_head_is_published_and_nothing_is_stopped()
    {
        await _house.ConfirmManyAsync(5);
        await _house.SealAsync();
        await _house.Database.Writes.RunAsync(write => write.Connection.Execute("UPDATE ledger_heads SET journaled = 0 WHERE size = 5"));
        Assert.Equal(0, _house.Ledger.GetHead(_house.Campaign.Id).Size);

        await _house.RestartAsync();

        Assert.Equal(5, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        Assert.Empty(_house.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task A_torn_journal_is_a_warning_and_no_obstacle()
    {
        await _house.ConfirmManyAsync(5);
        await _house.SealAsync();
        await _house.RestartAsync(data => File.AppendAllText(Path.Combine(data, "journal.jsonl"), """{"at":"2019-05-17T09:00:00.000Z","type":"era"""));

        Assert.Contains(_house.Log.Lines, line => line.Event == LedgerRecovery.JournalTorn && line.Level == LogLevel.Warning);
        await _house.ConfirmManyAsync(5, "NL");
        await _house.SealAsync();
        Assert.Equal(10, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        Assert.Equal([5, 10], _house.Database.Journal.Read().Heads.Select(head => head.Size));
    }

    [Fact]
    public async Task An_erasure_is_in_the_journal_before_it_is_in_the_database()
    {
        var id = await _house.ConfirmAsync("kari@example.org");
        // The commit fails after the journal was written: the person asked for it, so the next start carries it out.
        await Assert.ThrowsAnyAsync<Exception>(() => _house.Database.Writes.RunAsync<bool>(write =>
        {
            write.Journal(JournalEntry.Erase, _house.Campaign.Id, id);
            TestSql.SpoilCommit(write.Connection);
            return true;
        }));
        Assert.NotNull((await _house.Get<ConfirmationStore>().ConfirmAsync(_house.Link(Db.Keys.LinkPurpose.Confirm, id))).Value);

        await _house.RestartAsync();

        Assert.Equal("erased", _house.Query(connection => connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id })));
    }

    private async Task ShowAsync(long id, Disclosure disclosure) =>
        Assert.Null((await _house.Get<MySignatureStore>().ChangeAsync(_house.Link(LinkPurpose.Manage, id), new SignatureChange(disclosure, null))).Refusal);

    private (string State, string Disclosure) Shown(long id) =>
        _house.Query(connection => connection.QuerySingle<(string, string)>("SELECT state, disclosure FROM signatures WHERE id = @id", new { id }));
}
