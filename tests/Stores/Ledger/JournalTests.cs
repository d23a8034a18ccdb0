using Campaigns.Db.Files;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Ledger;

public sealed class JournalTests : IDisposable
{
    private static readonly DateTimeOffset _noon = new(2019, 5, 17, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "journal.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Journal_entries_are_read_back_in_order()
    {
        using (var journal = new Journal(_folder))
        {
            journal.AppendEntries([Erased(1, 11), Erased(1, 12)]);
            journal.AppendHeads([Head(5)], _noon);
            journal.AppendEntries([]);
            journal.AppendEntries([new JournalEntry(_noon, JournalEntry.ShowCount, 2, long.MaxValue)]);
        }
        using var again = new Journal(_folder);
        var content = again.Read();
        Assert.Equal(
            [Erased(1, 11), Erased(1, 12), new JournalEntry(_noon, JournalEntry.ShowCount, 2, long.MaxValue)],
            content.Acts
        );
        Assert.Equal([Head(5)], content.Heads);
        Assert.Equal(0, content.Unreadable);
        Assert.Equal(4, File.ReadAllLines(Path).Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void Torn_last_line_is_skipped_and_the_next_line_is_intact()
    {
        using (var journal = new Journal(_folder))
            journal.AppendEntries([Erased(1, 11), Erased(1, 12)]);
        var whole = File.ReadAllBytes(Path);
        for (var cut = 1; cut < 60; cut++)
        {
            File.WriteAllBytes(Path, whole[..^cut]);
            using var journal = new Journal(_folder);
            journal.AppendHeads([Head(7)], _noon);
            var content = journal.Read();
            Assert.Equal(Erased(1, 11), content.Acts[0]);
            Assert.Equal([Head(7)], content.Heads);
            // If only the line end is missing, nothing is lost. Otherwise the line is unreadable.
            Assert.Equal(cut == 1 ? (2, 0) : (1, 1), (content.Acts.Count, content.Unreadable));
        }
    }

    [Fact]
    public void Two_processes_do_not_overwrite_each_other()
    {
        using var server = new Journal(_folder);
        using var command = new Journal(_folder);
        for (var i = 0; i < 20; i++)
        {
            server.AppendEntries([Erased(1, i)]);
            command.AppendEntries([Erased(2, i)]);
        }
        Assert.Equal(40, server.Read().Acts.Count);
        Assert.Equal(0, server.Read().Unreadable);
    }

    [Fact]
    public async Task Process_paused_during_a_journal_write_blocks_no_other()
    {
        using var journal = new Journal(_folder);
        journal.AppendEntries([Erased(1, 1)]);
        using (await ExternalLock.TakeAsync(System.IO.Path.Combine(_folder, "journal.lock")))
        {
            journal.AppendEntries([Erased(1, 2)]);
            journal.AppendHeads([Head(5)], _noon);
        }
        journal.AppendEntries([Erased(1, 3)]);
        Assert.Equal(2, File.ReadAllLines(Path).Length);
        Assert.Equal(2, File.ReadAllLines(System.IO.Path.Combine(_folder, "journal-2.jsonl")).Length);
        using var again = new Journal(_folder);
        var content = again.Read();
        Assert.Equal([1, 2, 3], content.Acts.Select(entry => entry.SignatureId).Order());
        Assert.Equal([Head(5)], content.Heads);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(System.IO.Path.Combine(_folder, "journal-2.jsonl"))
            );
    }

    [Fact]
    public void Journal_files_copied_from_another_machine_are_read()
    {
        using var journal = new Journal(_folder);
        journal.AppendEntries([Erased(1, 1)]);
        var other = Directory.CreateDirectory(System.IO.Path.Combine(_folder, "of-b")).FullName;
        using (var otherJournal = new Journal(other))
        {
            otherJournal.AppendEntries([Erased(1, 2)]);
            otherJournal.AppendHeads([Head(7)], _noon);
        }
        // Copied while its last line was being written.
        File.WriteAllBytes(
            System.IO.Path.Combine(_folder, "journal-of-b.jsonl"),
            [.. File.ReadAllBytes(System.IO.Path.Combine(other, "journal.jsonl")), .. "{\"at\""u8]
        );
        var content = journal.Read();
        Assert.Equal([1, 2], content.Acts.Select(entry => entry.SignatureId).Order());
        Assert.Equal([7], content.Heads.Select(head => head.Size));
        Assert.Equal(1, content.Unreadable);
    }

    private static JournalEntry Erased(long campaign, long signature) =>
        new(_noon, JournalEntry.Erase, campaign, signature);

    private static JournalHead Head(long size) =>
        new()
        {
            CampaignId = 3,
            Size = size,
            Root = "ab",
            At = _noon,
        };
}
