using Campaigns.Db.Subscribers;
using Campaigns.Subscribers;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Subscribers;

namespace Campaigns.Tests.Stores.Subscribers;

/// <summary>What people ended stays ended after an older backup is restored.</summary>
public sealed class RestoredSubscriberTests : IAsyncLifetime
{
    private const string Kari = "kari@example.org";

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Unsubscribing_stays_after_a_restore()
    {
        var link = await _fixture.SubscribeAsync(Kari);
        await _fixture.SubscribeAsync("stays@example.org");
        await _fixture.RequestUpdatesAsync("presses-later@example.org");
        var later = _fixture.SubscribeLink("presses-later@example.org");
        await _fixture.BackUpAsync();
        await _fixture.UnsubscribeAsync(link);
        await _fixture.Get<SubscriberStore>().SubscribeAsync(later);
        await _fixture.UnsubscribeAsync(_fixture.UnsubscribeLink("presses-later@example.org"));

        await _fixture.RestoreAsync();
        Assert.Equal(["stays@example.org"], _fixture.Subscribers());
        Assert.Equal(SubscriberState.Ended, _fixture.FindSubscriber(Kari)!.State);
        Assert.Null(_fixture.FindSubscriber(Kari)!.Address);
        Assert.Equal(SubscriberState.Ended, _fixture.FindSubscriber("presses-later@example.org")!.State);
        Assert.Contains(_fixture.Log.Lines, line => line.Event.Id == 3002);
        await _fixture.RestartAsync();
        Assert.Equal(["stays@example.org"], _fixture.Subscribers());
    }

    [Fact]
    public async Task Subscription_that_began_again_before_the_backup_stays()
    {
        await _fixture.UnsubscribeAsync(await _fixture.SubscribeAsync(Kari));
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.SubscribeAsync(Kari);
        await _fixture.BackUpAsync();
        await _fixture.RestoreAsync();
        Assert.Equal([Kari], _fixture.Subscribers());
    }

    [Fact]
    public async Task Signer_who_unsubscribed_is_not_subscribed_by_the_job_after_a_restore()
    {
        await _fixture.ConfirmWithUpdatesAsync(Kari);
        await _fixture.SealAllAsync();
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.RunAsync<SubscribeSignersJob>();
        var link = _fixture.UnsubscribeLink(Kari);
        await _fixture.UnsubscribeAsync(link);

        await _fixture.RestoreAsync();
        await _fixture.RunAsync<SubscribeSignersJob>();
        Assert.Empty(_fixture.Subscribers());
    }

    [Fact]
    public async Task Link_ends_a_subscription_that_has_another_id_after_a_restore()
    {
        await _fixture.ConfirmWithUpdatesAsync(Kari);
        await _fixture.SealAllAsync();
        await _fixture.BackUpAsync();
        await _fixture.RunAsync<SubscribeSignersJob>();
        var link = _fixture.UnsubscribeLink(Kari);
        var id = _fixture.FindSubscriber(Kari)!.Id;

        await _fixture.RestoreAsync();
        await _fixture.RunAsync<SubscribeSignersJob>();
        Assert.NotEqual(id, _fixture.FindSubscriber(Kari)!.Id);
        await _fixture.UnsubscribeAsync(link);
        Assert.Empty(_fixture.Subscribers());
    }

    [Fact]
    public async Task Erasure_and_withdrawal_have_their_effects_on_the_subscription_after_a_restore()
    {
        var erased = await _fixture.ConfirmAsync(Kari);
        await _fixture.SubscribeAsync(Kari);
        var withdrawn = await _fixture.ConfirmWithUpdatesAsync("withdraws@example.org");
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.EraseAsync(erased);
        await _fixture.WithdrawAsync(withdrawn);
        Assert.Equal(["withdraws@example.org"], _fixture.Subscribers());

        await _fixture.RestoreAsync();
        Assert.Equal(["withdraws@example.org"], _fixture.Subscribers());
    }
}
