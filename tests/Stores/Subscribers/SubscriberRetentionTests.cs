using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Subscribers;

public sealed class SubscriberRetentionTests : IAsyncLifetime
{
    private const string Kari = "kari@example.org";

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Unconfirmed_subscription_is_erased_after_seven_days_but_not_before_its_letter()
    {
        await _fixture.RequestUpdatesAsync(Kari);
        var link = _fixture.SubscribeLink(Kari);
        _fixture.Clock.Advance(TimeSpan.FromDays(7));
        await RunAsync();
        Assert.NotNull(_fixture.FindSubscriber(Kari));
        await ExecuteAsync("UPDATE letters SET state = 'sent'");
        await RunAsync();
        Assert.Null(_fixture.FindSubscriber(Kari));
        Assert.Equal(0, Count("SELECT count(*) FROM letters"));
        Assert.Equal(Refusal.LinkNotUsable, (await _fixture.Get<SubscriberStore>().SubscribeAsync(link)).Refusal);
    }

    [Fact]
    public async Task Link_is_over_after_seven_days_also_before_the_job_ran()
    {
        await _fixture.RequestUpdatesAsync(Kari);
        _fixture.Clock.Advance(TimeSpan.FromDays(7));
        var store = _fixture.Get<SubscriberStore>();
        Assert.Null(store.FindSubscription(_fixture.SubscribeLink(Kari)));
        Assert.Equal(Refusal.LinkNotUsable, (await store.SubscribeAsync(_fixture.SubscribeLink(Kari))).Refusal);
    }

    [Fact]
    public async Task Subscription_ends_24_months_after_the_last_update()
    {
        await _fixture.SubscribeAsync(Kari);
        await _fixture.SubscribeAsync("quiet@example.org");
        _fixture.Clock.Advance(TimeSpan.FromDays(365));
        var id = _fixture.FindSubscriber(Kari)!.Id;
        await _fixture.Database.Writes.RunAsync(write =>
        {
            SubscriberTable.RecordUpdate(write, _fixture.Campaign.Id, id);
            return true;
        });
        _fixture.Clock.Advance(TimeSpan.FromDays(366));
        await RunAsync();
        Assert.Equal([Kari], _fixture.Subscribers());
        _fixture.Clock.Advance(TimeSpan.FromDays(366));
        await RunAsync();
        Assert.Empty(_fixture.Subscribers());
        Assert.Equal("term", Text("SELECT DISTINCT end_reason FROM subscribers WHERE end_reason IS NOT NULL"));

        // Then the hashes go too.
        _fixture.Clock.Advance(TimeSpan.FromDays(800));
        await RunAsync();
        Assert.Equal(0, Count("SELECT count(*) FROM subscribers"));
    }

    [Fact]
    public async Task Subscriptions_end_90_days_after_archiving()
    {
        await _fixture.SubscribeAsync(Kari);
        await _fixture.RequestUpdatesAsync("pending@example.org");
        var editor = _fixture.Get<CampaignEditor>();
        foreach (var state in (string[])[CampaignState.Closed, CampaignState.Archived])
            await editor.ChangeStateAsync(CampaignFixture.Slug, state, Actor.Operator);
        _fixture.Clock.Advance(TimeSpan.FromDays(89));
        await RunAsync();
        Assert.Single(_fixture.Subscribers());
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        Assert.Empty(_fixture.Subscribers());
        Assert.Equal(0, Count("SELECT count(*) FROM subscribers WHERE address IS NOT NULL"));
    }

    [Fact]
    public async Task Many_are_ended_in_steps()
    {
        for (var i = 0; i < SubscriberRetention.Rows + 5; i++)
            await _fixture.SubscribeAsync($"person{i}@example.org");
        _fixture.Clock.Advance(TimeSpan.FromDays(800));
        await Task.WhenAll(RunAsync(), RunAsync());
        Assert.Empty(_fixture.Subscribers());
    }

    private Task RunAsync() => _fixture.RunAsync<EndSubscriptionsJob>();

    private Task ExecuteAsync(string sql) =>
        _fixture.Database.Writes.RunAsync((WriteTransaction write) => write.Connection.Execute(sql));

    private long Count(string sql) => _fixture.Query(connection => connection.QuerySingle<long>(sql));

    private string Text(string sql) => _fixture.Query(connection => connection.QuerySingle<string>(sql));
}
