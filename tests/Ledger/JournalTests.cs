using Campaigns.Db.Ledger;

namespace Campaigns.Tests.Ledger;

public sealed class JournalTests : IDisposable
{
    private static readonly DateTimeOffset _noon = new(2019, 5, 17, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "journal.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_noted_is_read_back_in_order()
    {
        using (var journal = new Journal(Path))
        {
            journal.AppendActs([Erased(1, 11), Erased(1, 12)]);
            journal.AppendHeads([Head(5)], _noon);
            journal.AppendActs([]);
            journal.AppendActs([new JournalAct(_noon, JournalAct.ShowCount, 2, long.MaxValue)]);
        }
        using var again = new Journal(Path);
        var content = again.Read();
        Assert.Equal([Erased(1, 11), Erased(1, 12), new JournalAct(_noon, JournalAct.ShowCount, 2, long.MaxValue)], content.Acts);
        Assert.Equal([Head(5)], content.Heads);
        Assert.Equal(0, content.Unreadable);
        Assert.Equal(4, File.ReadAllLines(Path).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_torn_last_line_is_passed_over_and_does_not_swallow_the_next()
    {
        using (var journal = new Journal(Path)) journal.AppendActs([Erased(1, 11), Erased(1, 12)]);
        var whole = File.ReadAllBytes(Path);
        for (var cut = 1; cut < 60; cut++)
        {
            File.WriteAllBytes(Path, whole[..^cut]);
            using var journal = new Journal(Path);
            journal.AppendHeads([Head(7)], _noon);
            var content = journal.Read();
            Assert.Equal(Erased(1, 11), content.Acts[0]);
            Assert.Equal([Head(7)], content.Heads);
            // Only the line end is missing: nothing is lost. Anything more, and the line is no line.
            Assert.Equal(cut == 1 ? (2, 0) : (1, 1), (content.Acts.Count, content.Unreadable));
        }
    }

    [Fact]
    public void Two_processes_do_not_write_over_each_other()
    {
        using var server = new Journal(Path);
        using var command = new Journal(Path);
        for (var i = 0; i < 20; i++)
        {
            server.AppendActs([Erased(1, i)]);
            command.AppendActs([Erased(2, i)]);
        }
        Assert.Equal(40, server.Read().Acts.Count);
        Assert.Equal(0, server.Read().Unreadable);
    }

    private static JournalAct Erased(long campaign, long signature) => new(_noon, JournalAct.Erase, campaign, signature);

    private static JournalHead Head(long size) => new() { CampaignId = 3, Size = size, Root = "ab", At = _noon };
}
