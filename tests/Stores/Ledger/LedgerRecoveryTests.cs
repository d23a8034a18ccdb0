using Campaigns.Crypto;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Stores.Ledger;

public sealed class LedgerRecoveryTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 5).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Restore_replays_an_erasure()
    {
        var ids = await _fixture.ConfirmManyAsync(6);
        await _fixture.SealAsync();
        await _fixture.BackUpAsync();
        await _fixture.EraseAsync(ids[2]);

        await _fixture.RestoreAsync();

        var row = _fixture.Query(connection =>
            connection.QuerySingle<(string State, byte[]? Contact, byte[]? Key)>(
                "SELECT state, contact, ledger_key FROM signatures WHERE id = @id",
                new { id = ids[2] }
            )
        );
        Assert.Equal(("erased", null, null), row);
        Assert.Equal(
            5,
            _fixture.Query(connection =>
                connection.QuerySingle<long>("SELECT SUM(value) FROM counters WHERE state = 'confirmed'")
            )
        );
        Assert.Contains(_fixture.Log.Lines, line => line.Event == LedgerRecovery.ActsReplayed);
        // The journal did not suspend sealing, because the database has everything that was published.
        await _fixture.SealAllAsync();
        Assert.Equal(7, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);

        _fixture.Log.Lines.Clear();
        await _fixture.RestartAsync();
        Assert.DoesNotContain(_fixture.Log.Lines, line => line.Event == LedgerRecovery.ActsReplayed);
    }

    [Fact]
    public async Task Restore_replays_withdrawals_but_not_raised_disclosure()
    {
        var ids = await _fixture.ConfirmManyAsync(4);
        await _fixture.SealAsync();
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.WithdrawAsync(ids[0]);
        await ShowAsync(ids[1], Disclosure.Count);
        await ShowAsync(ids[2], Disclosure.Initials);

        await _fixture.RestoreAsync();

        Assert.Equal(("withdrawn", "name"), Shown(ids[0]));
        Assert.Equal(("confirmed", "count"), Shown(ids[1]));
        Assert.Equal(("confirmed", "initials"), Shown(ids[2]));
        Assert.Equal(("confirmed", "name"), Shown(ids[3]));
        Assert.Equal(
            3,
            _fixture.Query(connection =>
                connection.QuerySingle<long>("SELECT SUM(value) FROM counters WHERE state = 'confirmed'")
            )
        );

        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await ShowAsync(ids[1], Disclosure.Name);
        await _fixture.RestartAsync();
        Assert.Equal(("confirmed", "name"), Shown(ids[1]));
    }

    [Fact]
    public async Task Replayed_entries_are_not_written_to_the_journal_again()
    {
        var ids = await _fixture.ConfirmManyAsync(3);
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await ShowAsync(ids[0], Disclosure.Count);
        await _fixture.EraseAsync(ids[1]);
        Assert.Null(await _fixture.Get<NotMeStore>().RunAsync(_fixture.Link(LinkPurpose.NotMe, ids[2])));
        var lines = File.ReadAllLines(_fixture.JournalFile).Length;

        await _fixture.RestoreAsync();

        Assert.Equal(lines, File.ReadAllLines(_fixture.JournalFile).Length);
        Assert.Equal(
            2,
            _fixture.Query(connection =>
                connection.QuerySingle<long>("SELECT count(*) FROM signatures WHERE state = 'erased'")
            )
        );
        // An address that was suppressed by "this was not me" stays suppressed after the restore.
        Assert.Equal(
            1,
            _fixture.Query(connection =>
                connection.QuerySingle<long>("SELECT count(*) FROM suppressions WHERE reason = 'not-me'")
            )
        );
    }

    [Fact]
    public async Task Database_older_than_the_published_ledger_stops_sealing_and_reports_it()
    {
        await _fixture.ConfirmManyAsync(5);
        await _fixture.SealAsync();
        await _fixture.BackUpAsync();
        await _fixture.ConfirmManyAsync(5, "NL");
        await _fixture.SealAsync();
        Assert.Equal(10, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);

        await _fixture.RestoreAsync();

        Assert.Contains(_fixture.Log.Lines, line =>
            line.Event == LedgerRecovery.SealingStopped
            && line.Level == LogLevel.Error
            && line.Text.Contains(CampaignFixture.Slug, StringComparison.Ordinal)
        );
        Assert.Contains(
            "10 entries",
            Assert.Single(_fixture.Get<SealingSuspensions>().Reasons),
            StringComparison.Ordinal
        );
        await _fixture.ConfirmManyAsync(7, "NO");
        await _fixture.SealAllAsync();
        Assert.Equal(5, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.Equal(5, _fixture.Lines().Count);

        // Another campaign is not affected.
        var other = await _fixture.CreateAsync("other-campaign");
        for (var i = 0; i < 5; i++)
            await _fixture.ConfirmAsync($"o{i}@example.org", "GB", other);
        await _fixture.SealAllAsync();
        Assert.Equal(5, _fixture.Ledger.GetHead(other.Id).Size);
    }

    [Fact]
    public async Task Diverged_history_of_the_same_length_is_detected()
    {
        // With this many entries a random order does not repeat by chance.
        await _fixture.ConfirmManyAsync(12);
        await _fixture.BackUpAsync();
        await _fixture.SealAsync();
        var seen = _fixture.Ledger.GetHead(_fixture.Campaign.Id).Root;

        // An operator moved the journal away, sealed again, and moved it back beside the new one.
        var aside = Path.Combine(_fixture.Folder, "journal.jsonl");
        await _fixture.RestoreAsync(alsoDo: data => File.Move(Path.Combine(data, "journal.jsonl"), aside));
        await _fixture.SealAsync();
        Assert.NotEqual(seen, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Root);
        await _fixture.RestartAsync(data => File.Copy(aside, Path.Combine(data, "journal-aside.jsonl")));

        Assert.Single(_fixture.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task Journal_of_another_machine_is_replayed_after_it_is_copied()
    {
        var ids = await _fixture.ConfirmManyAsync(5);
        await _fixture.SealAsync();
        await _fixture.BackUpAsync();
        var before = await File.ReadAllTextAsync(_fixture.JournalFile);
        await _fixture.EraseAsync(ids[2]);
        await _fixture.ConfirmManyAsync(5, "NL");
        await _fixture.SealAsync();
        var size = _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size;

        // This machine's own journal has nothing from after the backup.
        await _fixture.RestoreAsync(alsoDo: data =>
        {
            File.Move(_fixture.JournalFile, Path.Combine(data, "journal-of-b.jsonl"));
            File.WriteAllText(_fixture.JournalFile, before);
        });

        Assert.Contains(
            $"{size} entries",
            Assert.Single(_fixture.Get<SealingSuspensions>().Reasons),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "erased",
            _fixture.Query(connection =>
                connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id = ids[2] })
            )
        );
        Assert.Equal(before, await File.ReadAllTextAsync(_fixture.JournalFile));
    }

    [Fact]
    public async Task Lost_journal_is_recreated_with_the_newest_heads()
    {
        await _fixture.ConfirmManyAsync(5);
        await _fixture.SealAsync();
        _fixture.WithoutJournal = true;
        await _fixture.RestartAsync(data => File.Delete(Path.Combine(data, "journal.jsonl")));

        Assert.Empty(_fixture.Get<SealingSuspensions>().Reasons);
        var head = _fixture.Ledger.GetHead(_fixture.Campaign.Id);
        var recorded = Assert.Single(_fixture.Database.Journal.Read().Heads);
        Assert.Equal((_fixture.Campaign.Id, 5, head.Root), (recorded.CampaignId, recorded.Size, recorded.Root));
    }

    [Fact]
    public async Task Kill_between_journal_and_database_publishes_the_head_without_suspension()
    {
        await _fixture.ConfirmManyAsync(5);
        await _fixture.SealAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE ledger_heads SET journaled = 0 WHERE size = 5")
        );
        Assert.Equal(0, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);

        await _fixture.RestartAsync();

        Assert.Equal(5, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.Empty(_fixture.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task Torn_journal_causes_a_warning_only()
    {
        await _fixture.ConfirmManyAsync(5);
        await _fixture.SealAsync();
        await _fixture.RestartAsync(data =>
            File.AppendAllText(Path.Combine(data, "journal.jsonl"), """{"at":"2019-05-17T09:00:00.000Z","type":"era""")
        );

        Assert.Contains(_fixture.Log.Lines, line =>
            line.Event == LedgerRecovery.JournalTorn && line.Level == LogLevel.Warning
        );
        await _fixture.ConfirmManyAsync(5, "NL");
        await _fixture.SealAsync();
        Assert.Equal(10, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.Equal([5, 10], _fixture.Database.Journal.Read().Heads.Select(head => head.Size));
    }

    [Fact]
    public async Task Erasure_is_in_the_journal_before_the_database()
    {
        var id = await _fixture.ConfirmAsync("kari@example.org");
        // The commit fails after the journal was written. The signer asked for the erasure, so the next start
        // executes it.
        await Assert.ThrowsAnyAsync<Exception>(() =>
            _fixture.Database.Writes.RunAsync<bool>(write =>
            {
                write.Journal(JournalEntry.Erase, _fixture.Campaign.Id, id);
                TestSql.FailCommit(write.Connection);
                return true;
            })
        );
        Assert.NotNull(
            (await _fixture.Get<ConfirmationStore>().ConfirmAsync(_fixture.Link(Crypto.LinkPurpose.Confirm, id))).Value
        );

        await _fixture.RestartAsync();

        Assert.Equal(
            "erased",
            _fixture.Query(connection =>
                connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id })
            )
        );
    }

    private async Task ShowAsync(long id, Disclosure disclosure) =>
        Assert.Null(
            (
                await _fixture
                    .Get<MySignatureStore>()
                    .ChangeAsync(_fixture.Link(LinkPurpose.Manage, id), new SignatureChange(disclosure, null))
            ).Refusal
        );

    private (string State, string Disclosure) Shown(long id) =>
        _fixture.Query(connection =>
            connection.QuerySingle<(string, string)>(
                "SELECT state, disclosure FROM signatures WHERE id = @id",
                new { id }
            )
        );
}
