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
            journal.AppendErasures([(1, 11), (1, 12)], _noon);
            journal.AppendHeads([Head(5)], _noon);
            journal.AppendErasures([], _noon);
            journal.AppendErasures([(2, long.MaxValue)], _noon);
        }
        using var again = new Journal(Path);
        var content = again.Read();
        Assert.Equal([(1, 11), (1, 12), (2, long.MaxValue)], content.Erasures);
        Assert.Equal([Head(5)], content.Heads);
        Assert.Equal(0, content.Unreadable);
        Assert.Equal(4, File.ReadAllLines(Path).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_torn_last_line_is_passed_over_and_does_not_swallow_the_next()
    {
        using (var journal = new Journal(Path)) journal.AppendErasures([(1, 11), (1, 12)], _noon);
        var whole = File.ReadAllBytes(Path);
        for (var cut = 1; cut < 60; cut++)
        {
            File.WriteAllBytes(Path, whole[..^cut]);
            using var journal = new Journal(Path);
            journal.AppendHeads([Head(7)], _noon);
            var content = journal.Read();
            Assert.Equal((1, 11), content.Erasures[0]);
            Assert.Equal([Head(7)], content.Heads);
            // Only the line end is missing: nothing is lost. Anything more, and the line is no line.
            Assert.Equal(cut == 1 ? (2, 0) : (1, 1), (content.Erasures.Count, content.Unreadable));
        }
    }

    [Fact]
    public void Two_processes_do_not_write_over_each_other()
    {
        using var server = new Journal(Path);
        using var command = new Journal(Path);
        for (var i = 0; i < 20; i++)
        {
            server.AppendErasures([(1, i)], _noon);
            command.AppendErasures([(2, i)], _noon);
        }
        Assert.Equal(40, server.Read().Erasures.Count);
        Assert.Equal(0, server.Read().Unreadable);
    }

    private static JournalHead Head(long size) => new() { CampaignId = 3, Size = size, Root = "ab" };
}
