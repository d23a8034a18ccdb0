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
        using (var journal = Open(_folder))
        {
            Append(journal, Erased(1, 11), Erased(1, 12));
            Append(journal, Head(5));
            Assert.Null(journal.Append([]));
            Append(journal, new JournalEntry(_noon, JournalEntry.ShowCount, 2, long.MaxValue));
        }
        using var again = Open(_folder);
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
        using (var journal = Open(_folder))
            Append(journal, Erased(1, 11), Erased(1, 12));
        var whole = File.ReadAllBytes(Path);
        for (var cut = 1; cut < 60; cut++)
        {
            File.WriteAllBytes(Path, whole[..^cut]);
            using var journal = Open(_folder);
            Append(journal, Head(7));
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
        using var server = Open(_folder);
        using var command = Open(_folder);
        for (var i = 0; i < 20; i++)
        {
            Append(server, Erased(1, i));
            Append(command, Erased(2, i));
        }
        Assert.Equal(40, server.Read().Acts.Count);
        Assert.Equal(0, server.Read().Unreadable);
    }

    [Fact]
    public async Task Process_paused_during_a_journal_write_blocks_no_other()
    {
        using var journal = Open(_folder);
        Append(journal, Erased(1, 1));
        using (await ExternalLock.TakeAsync(System.IO.Path.Combine(_folder, "journal.lock")))
        {
            Append(journal, Erased(1, 2));
            Append(journal, Head(5));
        }
        Append(journal, Erased(1, 3));
        Assert.Equal(2, File.ReadAllLines(Path).Length);
        Assert.Equal(2, File.ReadAllLines(System.IO.Path.Combine(_folder, "journal-2.jsonl")).Length);
        using var again = Open(_folder);
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
        using var journal = Open(_folder);
        Append(journal, Erased(1, 1));
        var other = Directory.CreateDirectory(System.IO.Path.Combine(_folder, "of-b")).FullName;
        using (var otherJournal = Open(other))
        {
            Append(otherJournal, Erased(1, 2));
            Append(otherJournal, Head(7));
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

    [Fact]
    public void Lines_of_every_kind_are_read_back()
    {
        var links = Erased(1, 11) with { Kind = JournalEntry.EndLinks, Generation = 3 };
        var revoked = new JournalRevocation(_noon, JournalRevocation.Member, 21);
        var ended = new JournalUnsubscription(_noon, 1, 31);
        string[] lines =
        [
            JournalLine.Write(links),
            JournalLine.Write(ended),
            JournalLine.Write(revoked),
            JournalLine.Write(Head(5), _noon),
            "{}",
        ];
        var content = JournalLine.Read(lines);
        Assert.Equal([links], content.Acts);
        Assert.Equal([revoked], content.Revocations);
        Assert.Equal([ended], content.Unsubscriptions);
        Assert.Equal([Head(5)], content.Heads);
        Assert.Equal(1, content.Unreadable);
    }

    [Fact]
    public void Position_covers_lines_of_other_processes_and_lines_cut_off()
    {
        using var server = Open(_folder);
        using var command = Open(_folder);
        Append(server, Erased(1, 1));
        Append(command, Erased(1, 2));
        File.AppendAllText(Path, "{\"at\"");
        using var last = server.Append([JournalLine.Write(Erased(1, 3)), JournalLine.Write(Erased(1, 4))]);
        Assert.Equal(5, last!.Position.Sequence);
        var scan = JournalScan.Read(_folder, [last.Position, last.Position with { Sequence = 4 }]);
        Assert.Equal("journal.jsonl", scan.FileWith(last.Position));
        Assert.Null(scan.FileWith(last.Position with { Sequence = 4 }));
        Assert.Equal(last.Position.Hash, scan.Files["journal.jsonl"].Hash);
    }

    [Fact]
    public void File_belongs_to_one_process_until_its_commit_is_done()
    {
        using var server = Open(_folder);
        using var other = Open(_folder);
        using (var uncommitted = server.Append([JournalLine.Write(Erased(1, 1))]))
        {
            using var second = server.Append([JournalLine.Write(Erased(1, 2))]);
            using var third = other.Append([JournalLine.Write(Erased(1, 3))]);
            Assert.Equal(
                ["journal.jsonl", "journal-2.jsonl", "journal-3.jsonl"],
                new[] { uncommitted, second, third }.Select(append => append!.Position.File)
            );
        }
        using var next = other.Append([JournalLine.Write(Erased(1, 4))]);
        Assert.Equal(("journal.jsonl", 2), (next!.Position.File, next.Position.Sequence));
    }

    public static TheoryData<string, Action<string>> Losses =>
        new()
        {
            { "deleted", File.Delete },
            { "cut off", path => File.WriteAllText(path, "") },
            { "replaced", path => File.Move(Written(path + ".new"), path, overwrite: true) },
        };

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public void Running_process_writes_no_more_into_a_file_that_was_lost(string how, Action<string> lose)
    {
        using var journal = Open(_folder);
        Append(journal, Erased(1, 1), Erased(1, 2));
        lose(Path);
        Append(journal, Erased(1, 3));
        Append(journal, Erased(1, 4));
        var next = System.IO.Path.Combine(_folder, "journal-2.jsonl");
        Assert.True(File.ReadAllLines(next).Length == 2, how);
    }

    private static string Written(string path)
    {
        File.WriteAllText(path, "another\n");
        return path;
    }

    private static Journal Open(string folder) => new(folder, "machine", JournalScan.Read(folder, []));

    private static void Append(Journal journal, params JournalEntry[] entries) =>
        journal.Append([.. entries.Select(entry => JournalLine.Write(entry))])!.Dispose();

    private static void Append(Journal journal, JournalHead head) =>
        journal.Append([JournalLine.Write(head, _noon)])!.Dispose();

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
