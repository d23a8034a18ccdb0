using Campaigns.Crypto;
using Campaigns.Db.Signatures;
using Campaigns.Invalidations;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Invalidations;
using Campaigns.Worker.Retention;

namespace Campaigns.Tests.Stores.Invalidations;

/// <summary>The journal and bulk invalidations: restarts, crashes and restored backups.</summary>
public sealed class RestoredInvalidationTests : IAsyncLifetime
{
    private static readonly InvalidationConditions _british = new() { Countries = ["GB"] };

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Restart_after_an_undo_invalidates_nothing_again()
    {
        var id = await _fixture.ConfirmAsync("kari@example.org");
        await _fixture.UndoAsync(await _fixture.InvalidateAsync(_british));
        await _fixture.RestartAsync();
        Assert.Equal("confirmed", _fixture.StateOf(id));
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Restored_backup_repeats_what_was_invalidated_and_not_undone()
    {
        var ended = await _fixture.ConfirmAsync("ended@example.org");
        var undone = await _fixture.ConfirmAsync("undone@example.org", "NL");
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.InvalidateAsync(_british);
        var done = await _fixture.InvalidateAsync(new() { Countries = ["NL"] });
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.UndoAsync(done);
        await _fixture.RestoreAsync();
        Assert.Equal(("invalidated", "confirmed"), (_fixture.StateOf(ended), _fixture.StateOf(undone)));
        // The journal has no data to restore from; what it repeats is cleared in time all the same.
        _fixture.Clock.Advance(InvalidationRules.UndoTime);
        await _fixture.RunAsync<EndUndoJob>();
        Assert.Equal(1, _fixture.CountRows($"id = {ended} AND contact IS NULL"));
    }

    [Fact]
    public async Task Page_that_only_the_journal_has_is_counted_and_can_be_undone()
    {
        for (var i = 0; i < 3; i++)
            await _fixture.SignAsync($"robot{i}@example.org");
        var counted = await _fixture.CountAsync(_british);
        await _fixture.StartAsync(counted);
        await _fixture.BackUpAsync();
        await _fixture.RunAsync<RunInvalidationsJob>();
        // As after a crash between the journal and the commit.
        await _fixture.RestoreAsync();
        Assert.Equal(3, _fixture.CountRows("state = 'invalidated'"));
        await _fixture.RunAsync<RunInvalidationsJob>();
        var done = _fixture.FindInvalidation(counted.Id);
        Assert.Equal((InvalidationStatus.Done, 3), (done.Status, done.Invalidated));
        Assert.Equal(3, (await _fixture.UndoAsync(done)).Restored);
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Restored_backup_from_between_does_not_show_more_after_an_undo()
    {
        var id = await _fixture.ConfirmAsync("kari@example.org");
        var done = await _fixture.InvalidateAsync(_british);
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.UndoAsync(done);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(
            (
                await _fixture
                    .Get<MySignatureStore>()
                    .ChangeAsync(_fixture.Link(LinkPurpose.Manage, id), new(Disclosure.Count))
            ).Refusal
        );
        await _fixture.RestoreAsync();
        Assert.Equal("invalidated", _fixture.StateOf(id));
        await _fixture.UndoAsync(_fixture.FindInvalidation(done.Id));
        Assert.Equal(1, _fixture.CountRows($"id = {id} AND state = 'confirmed' AND disclosure = 'count'"));
    }
}
