using Campaigns.Db;
using Campaigns.Db.Journals;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Stores.Journals;

/// <summary>A start needs every line of the journal that its database knows.</summary>
public sealed class KnownJournalTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    private string Journal => _fixture.JournalFile;

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture(minBatch: 5).StartAsync();
        foreach (var id in (await _fixture.ConfirmManyAsync(5)).Take(3))
            await _fixture.EraseAsync(id);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    public static TheoryData<string, string, Action<string>> Losses =>
        new()
        {
            { "missing", "journal.jsonl is missing, which had 3 entries", File.Delete },
            { "cut off", "journal.jsonl has 2 of its 3 entries", path => WriteLines(path, lines => lines[..^1]) },
            { "emptied", "journal.jsonl has 0 of its 3 entries", path => File.WriteAllText(path, "") },
            {
                "changed",
                "journal.jsonl does not have the 3 entries",
                path => WriteLines(path, lines => [lines[0], lines[2], lines[1], lines[1]])
            },
        };

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public async Task Start_is_refused_when_known_lines_are(string how, string sentence, Action<string> lose)
    {
        await _fixture.RestartAsync(_ => lose(Journal), serving: false);
        var found = File.Exists(Journal) ? await File.ReadAllTextAsync(Journal) : null;
        for (var tries = 0; tries < 2; tries++)
        {
            var refusal = await RefusedAsync();
            Assert.Contains(sentence, refusal, StringComparison.Ordinal);
            Assert.Contains("--without-journal", refusal, StringComparison.Ordinal);
            Assert.Contains("journal-found.jsonl", refusal, StringComparison.Ordinal);
        }
        Assert.True(found == (File.Exists(Journal) ? await File.ReadAllTextAsync(Journal) : null), how);
    }

    [Fact]
    public async Task Older_copy_of_the_journal_is_refused_and_the_newer_one_accepted()
    {
        var older = await File.ReadAllBytesAsync(Journal);
        await _fixture.EraseAsync(await _fixture.ConfirmAsync("kari@example.org"));
        var newer = await File.ReadAllBytesAsync(Journal);
        await _fixture.RestartAsync(_ => File.WriteAllBytes(Journal, older), serving: false);
        Assert.Contains("has 3 of its 4 entries", await RefusedAsync(), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Journal, newer);
        await _fixture.StartAsync();
        await AssertNoLossAsync();
    }

    [Fact]
    public async Task Command_beside_a_server_without_its_journal_is_refused()
    {
        File.Delete(Journal);
        await using var command = _fixture.OpenCommand();
        Assert.Contains(
            "journal.jsonl is missing",
            Assert.Throws<StartRefusedException>(() => command.Database).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task File_lost_under_a_running_server_is_reported_and_refuses_the_next_start()
    {
        var journal = await File.ReadAllBytesAsync(Journal);
        File.Delete(Journal);
        await _fixture.EraseAsync(await _fixture.ConfirmAsync("kari@example.org"));
        Assert.StartsWith(
            "journal.jsonl was deleted, replaced or cut off while the server runs.",
            _fixture.Get<JournalStore>().FindLoss(),
            StringComparison.Ordinal
        );
        await _fixture.RestartAsync(_ => { }, serving: false);
        Assert.Contains("journal.jsonl is missing", await RefusedAsync(), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Journal, journal);
        await _fixture.StartAsync();
        await AssertNoLossAsync();
    }

    [Fact]
    public async Task Start_without_the_journal_is_reported_until_it_is_acknowledged()
    {
        await StartWithoutAsync();
        var loss = _fixture.Get<JournalStore>().FindLoss()!;
        Assert.Contains("journal.jsonl, 3 entries, since 2026-", loss, StringComparison.Ordinal);
        Assert.Contains(_fixture.Log.Lines, IsReport);

        // The option is for one start: the database goes on with the files it found.
        _fixture.Log.Lines.Clear();
        await _fixture.RestartAsync();
        Assert.Contains(_fixture.Log.Lines, IsReport);
        _fixture.Log.Lines.Clear();
        await _fixture.RunAsync<Worker.Ledger.ReportLostJournalJob>();
        Assert.Contains(_fixture.Log.Lines, IsReport);

        var gap = Assert.Single(await _fixture.Get<JournalStore>().AcknowledgeAsync(Actor.Operator));
        Assert.Equal(("journal.jsonl", 3), (gap.File, gap.Sequence));
        Assert.Empty(await _fixture.Get<JournalStore>().AcknowledgeAsync(Actor.Operator));
        Assert.Contains(_fixture.Get<AuditStore>().List(new AuditFilter(), null, 100), entry =>
            entry is { Action: "journal.acknowledge", Subject: "journal.jsonl", Detail: "3", Staff: null }
        );
        await AssertNoLossAsync();
        await _fixture.RestartAsync();
        await AssertNoLossAsync();
    }

    [Fact]
    public async Task Lines_lost_after_a_start_without_the_journal_are_noticed_again()
    {
        await StartWithoutAsync();
        await _fixture.EraseAsync(await _fixture.ConfirmAsync("kari@example.org"));
        await _fixture.RestartAsync(_ => File.Delete(Journal), serving: false);
        Assert.Contains("journal.jsonl is missing", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_file_that_is_found_again_ends_the_report()
    {
        var lost = await File.ReadAllBytesAsync(Journal);
        await StartWithoutAsync();
        await _fixture.EraseAsync(await _fixture.ConfirmAsync("kari@example.org"));
        var found = Path.Combine(_fixture.Data, "journal-found.jsonl");
        await _fixture.RestartAsync(_ => File.WriteAllBytes(found, lost));
        await AssertNoLossAsync();
        // The database knows it now.
        await _fixture.RestartAsync(_ => File.Delete(found), serving: false);
        Assert.Contains("journal-found.jsonl is missing", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_file_that_is_put_back_in_its_place_is_known_again()
    {
        var lost = await File.ReadAllBytesAsync(Journal);
        await StartWithoutAsync();
        await _fixture.RestartAsync(_ => File.WriteAllBytes(Journal, lost));
        await AssertNoLossAsync();
        await _fixture.RestartAsync(_ => File.Delete(Journal), serving: false);
        Assert.Contains("which had 3 entries", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_under_another_name_is_recognised_by_its_lines()
    {
        var renamed = Path.Combine(_fixture.Data, "journal-before.jsonl");
        await _fixture.RestartAsync(_ => File.Move(Journal, renamed));
        await _fixture.EraseAsync(await _fixture.ConfirmAsync("kari@example.org"));
        await _fixture.RestartAsync();
        Assert.Equal(
            [("journal-before.jsonl", 3), ("journal.jsonl", 1)],
            _fixture.Get<JournalStore>().List().Select(file => (file.File, file.Sequence))
        );
        await _fixture.RestartAsync(_ => File.Delete(renamed), serving: false);
        Assert.Contains("journal-before.jsonl is missing", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_from_before_this_rule_registers_what_it_finds()
    {
        await ForgetAsync();
        await _fixture.RestartAsync();
        await AssertNoLossAsync();
        await _fixture.RestartAsync(_ => WriteLines(Journal, lines => lines[..^1]), serving: false);
        Assert.Contains("has 2 of its 3 entries", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_from_before_this_rule_starts_without_a_journal()
    {
        await ForgetAsync();
        await _fixture.RestartAsync(_ => File.Delete(Journal));
        await AssertNoLossAsync();
    }

    [Fact]
    public async Task Restored_database_knows_the_newer_lines_after_its_start()
    {
        await _fixture.BackUpAsync();
        await _fixture.EraseAsync(await _fixture.ConfirmAsync("kari@example.org"));
        await _fixture.RestoreAsync();
        Assert.Equal(4, Assert.Single(_fixture.Get<JournalStore>().List()).Sequence);
        await _fixture.RestartAsync(_ => WriteLines(Journal, lines => lines[..^1]), serving: false);
        Assert.Contains("has 3 of its 4 entries", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_without_its_commit_does_not_refuse_the_next_start()
    {
        var id = await _fixture.ConfirmAsync("kari@example.org");
        await Assert.ThrowsAnyAsync<Exception>(() =>
            _fixture.Database.Writes.RunAsync<bool>(write =>
            {
                write.Journal(Db.Files.JournalEntry.Erase, _fixture.Campaign.Id, id);
                TestSql.FailCommit(write.Connection);
                return true;
            })
        );
        await _fixture.RestartAsync(_ => File.AppendAllText(Journal, "{\"at\":\"2026-05-17T09"));
        await AssertNoLossAsync();
        await _fixture.EraseAsync(await _fixture.ConfirmAsync("ola@example.org"));
        await _fixture.RestartAsync();
        await AssertNoLossAsync();
    }

    [Fact]
    public async Task Damaged_id_of_the_machine_refuses_the_start()
    {
        var file = Path.Combine(_fixture.Data, "installation");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await _fixture.RestartAsync(_ => File.WriteAllText(file, ""), serving: false);
        Assert.Contains("installation is damaged", await RefusedAsync(), StringComparison.Ordinal);
    }

    private async Task StartWithoutAsync()
    {
        _fixture.WithoutJournal = true;
        await _fixture.RestartAsync(_ => File.Delete(Journal));
        _fixture.WithoutJournal = false;
    }

    private async Task ForgetAsync() =>
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                DROP TABLE journal_files;
                DROP TABLE journal_gaps;
                DELETE FROM migrations WHERE name = '0022_known_journal.sql'
                """
            )
        );

    private async Task<string> RefusedAsync() =>
        (await Assert.ThrowsAsync<StartRefusedException>(() => _fixture.StartAsync())).Message;

    private async Task AssertNoLossAsync()
    {
        Assert.Null(_fixture.Get<JournalStore>().FindLoss());
        _fixture.Log.Lines.Clear();
        await _fixture.RunAsync<Worker.Ledger.ReportLostJournalJob>();
        Assert.DoesNotContain(_fixture.Log.Lines, IsReport);
    }

    private static bool IsReport((LogLevel Level, EventId Event, string Text) line) =>
        line.Event == JournalStore.JournalIncomplete && line.Level == LogLevel.Error;

    private static void WriteLines(string path, Func<string[], string[]> change) =>
        File.WriteAllText(path, string.Concat(change(File.ReadAllLines(path)).Select(line => line + "\n")));
}
