using Campaigns.Db.Operations;
using Campaigns.Db.Sendings;
using Campaigns.Sendings;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Sendings;

/// <summary>A database from an older backup sends no update a second time.</summary>
public sealed class RestoredSendingTests : IAsyncLifetime
{
    private SendingFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SendingFixture.OpenAsync(subscribers: 10);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Letters_after_the_backup_are_in_the_journal_and_are_not_sent_again()
    {
        await _fixture.BeginAsync();
        await _fixture.Campaign.BackUpAsync();
        await _fixture.SendAsync();
        Assert.Equal(10, _fixture.Mailed.Count);
        await _fixture.Campaign.RestoreAsync();
        await _fixture.SendAsync();
        Assert.All(_fixture.Mailed.Values, letters => Assert.Equal(1, letters));
        Assert.Equal(SendingState.Sent, _fixture.Sending.State);
        Assert.Equal(new SendingProgress(10, 10, 0), _fixture.Sending.Progress);
    }

    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Restored_backup_has_its_sending_paused_until_staff_resume_it()
    {
        await _fixture.BeginAsync(at: CampaignFixture.Start.AddMinutes(1));
        var (store, backup) = (_fixture.Campaign.Get<BackupStore>(), _fixture.Campaign.Backup);
        store.BackUp(_fixture.Campaign.Database, backup);
        _fixture.Campaign.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.SendAsync();
        Assert.Equal(10, _fixture.Mailed.Count);
        await _fixture.Campaign.RestartAsync(_ => store.Restore(backup));
        await _fixture.SendAsync();
        var paused = _fixture.Sending;
        Assert.Equal(
            (SendingState.Paused, PauseReason.Restored, 10),
            (paused.State, paused.PauseReason, paused.Restored)
        );
        Assert.Null(await _fixture.Store.ResumeAsync(_fixture.Change));
        await _fixture.SendAsync();
        Assert.All(_fixture.Mailed.Values, letters => Assert.Equal(1, letters));
        Assert.Equal(SendingState.Sent, _fixture.Sending.State);
    }

    [Fact]
    public async Task Killed_worker_leaves_no_letter_out_and_records_what_the_journal_has()
    {
        await _fixture.BeginAsync();
        var letters = await _fixture.Campaign.Get<UpdateLetterStore>().ClaimAsync("killed", 4, default);
        Assert.Equal(4, letters.Count);
        await _fixture.Campaign.RestartAsync();
        _fixture.Campaign.Clock.Advance(TimeSpan.FromMinutes(2));
        await _fixture.SendAsync();
        Assert.Equal(10, _fixture.Mailed.Count);
        Assert.Equal(SendingState.Sent, _fixture.Sending.State);
    }
}
