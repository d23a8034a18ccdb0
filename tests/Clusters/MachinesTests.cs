using Campaigns.Db;
using Campaigns.Db.Journals;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Clusters;

/// <summary>Machines that share one PostgreSQL, each with a data folder and a journal.</summary>
[Trait("Database", "postgres")]
public sealed class MachinesTests : IAsyncLifetime
{
    private CampaignFixture _one = null!;
    private CampaignFixture _other = null!;

    public async Task InitializeAsync()
    {
        _one = await new CampaignFixture(minBatch: 1).StartAsync();
        await _one.EraseAsync(await _one.ConfirmAsync("one@example.org"));
        _other = await OtherMachine.Of(_one).StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task Each_machine_needs_only_the_files_that_it_wrote()
    {
        Assert.Equal([(0, true), (1, false)], Known(_other));
        await _other.EraseAsync(await _other.ConfirmAsync("other@example.org"));
        Assert.Equal([(1, false), (1, true)], Known(_other));
        await _one.RestartAsync(_ => File.Delete(_one.JournalFile), serving: false);
        await _other.RestartAsync();
        Assert.Contains(
            "journal.jsonl is missing",
            (await Assert.ThrowsAsync<StartRefusedException>(() => _one.StartAsync())).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Loss_of_one_machine_is_reported_by_all_and_acknowledged_once()
    {
        _one.WithoutJournal = true;
        await _one.RestartAsync(_ => File.Delete(_one.JournalFile));
        foreach (var machine in (CampaignFixture[])[_one, _other])
            Assert.Contains("journal.jsonl, 1 entry", machine.Get<JournalStore>().FindLoss(), StringComparison.Ordinal);
        Assert.Single(await _other.Get<JournalStore>().AcknowledgeAsync(Db.Staff.Actor.Operator));
        Assert.Null(_one.Get<JournalStore>().FindLoss());
    }

    [Fact]
    public async Task Copied_files_of_another_machine_are_listed_as_here()
    {
        Assert.Contains((1, false), Known(_other));
        File.Copy(_one.JournalFile, Path.Combine(_other.Data, "journal-of-one.jsonl"));
        Assert.Contains((1, true), Known(_other));
        // A copy may be removed again.
        await _other.RestartAsync();
        await _other.RestartAsync(data => File.Delete(Path.Combine(data, "journal-of-one.jsonl")));
        Assert.Contains((1, false), Known(_other));
    }

    [Fact]
    public async Task Machine_with_an_empty_folder_is_new()
    {
        await _other.RestartAsync(data => Directory.Delete(data, recursive: true));
        Assert.Null(_other.Get<JournalStore>().FindLoss());
        Assert.Equal(3, Known(_other).Length);
    }

    private static (long, bool)[] Known(CampaignFixture machine) =>
        [.. machine.Get<JournalStore>().List().Select(file => (file.Sequence, file.IsHere)).Order()];
}
