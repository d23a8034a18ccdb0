using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Subscribers;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Campaigns.Worker.Subscribers;
using Dapper;

namespace Campaigns.Tests.Stores.Subscribers;

/// <summary>Signers who want updates, and what leaving the one does to the other.</summary>
public sealed class SubscribedSignerTests : IAsyncLifetime
{
    private const string Kari = "kari@example.org";

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Confirmed_signers_who_want_updates_become_subscribers_without_a_letter()
    {
        await _fixture.ConfirmWithUpdatesAsync(Kari);
        await _fixture.ConfirmAsync("no-updates@example.org");
        var letters = Count("SELECT count(*) FROM letters");
        await _fixture.SealAllAsync();
        await RunAsync();
        Assert.Equal([Kari], _fixture.Subscribers());
        Assert.Equal(letters, Count("SELECT count(*) FROM letters"));
        var row = _fixture.FindSubscriber(Kari)!;
        Assert.Equal((SubscriberSource.Signature, "GB", "en"), (row.Source, row.Country, row.Locale));
        Assert.Equal(CampaignFixture.Start, row.ConsentedAt);
        Assert.Equal(_fixture.Campaign.Text("en").Hash, row.WordingHash);

        await RunAsync();
        Assert.Single(_fixture.Subscribers());
        Assert.Empty(_fixture.Get<SubscriberWalk>().FindBehind());
    }

    [Fact]
    public async Task Walk_continues_where_it_ended_and_two_workers_make_no_second_subscriber()
    {
        const int Signers = SubscriberWalk.Lines + 20;
        for (var i = 0; i < Signers; i++)
            await _fixture.ConfirmWithUpdatesAsync($"signer{i}@example.org");
        await _fixture.SealAllAsync();
        var walk = _fixture.Get<SubscriberWalk>();
        var step = (await walk.StepAsync(Assert.Single(walk.FindBehind()), default))!;
        Assert.Equal(SubscriberWalk.Lines, _fixture.Subscribers().Count);
        Assert.Equal((SubscriberWalk.Lines, Signers), (step.Walked, step.Size));

        await _fixture.RestartAsync();
        walk = _fixture.Get<SubscriberWalk>();
        var behind = Assert.Single(walk.FindBehind());
        var steps = await Task.WhenAll(walk.StepAsync(behind, default), walk.StepAsync(behind, default));
        Assert.Single(steps, one => one is null);
        await Task.WhenAll(RunAsync(), RunAsync());
        Assert.Equal(Signers, _fixture.Subscribers().Count);
    }

    [Fact]
    public async Task Signer_who_unsubscribed_is_not_made_a_subscriber_again()
    {
        await _fixture.UnsubscribeAsync(await _fixture.SubscribeAsync(Kari));
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE subscribers SET ended_at = ended_at + 60000")
        );
        await _fixture.ConfirmWithUpdatesAsync(Kari);
        await _fixture.SealAllAsync();
        await RunAsync();
        // The consent is older than the end.
        Assert.Empty(_fixture.Subscribers());
    }

    [Fact]
    public async Task Withdrawal_keeps_the_subscription_also_before_the_job_ran()
    {
        var id = await _fixture.ConfirmWithUpdatesAsync(Kari);
        await _fixture.WithdrawAsync(id);
        Assert.Equal([Kari], _fixture.Subscribers());
        Assert.True(Mine(id).Updates);

        Assert.Null((await ChangeAsync(id, updates: false)).Refusal);
        Assert.Empty(_fixture.Subscribers());
        Assert.False(Mine(id).Updates);
        Assert.Null((await ChangeAsync(id, updates: true)).Refusal);
        Assert.Equal([Kari], _fixture.Subscribers());
    }

    [Fact]
    public async Task Own_page_shows_and_changes_the_subscription()
    {
        var id = await _fixture.ConfirmAsync(Kari);
        Assert.False(Mine(id).Updates);
        var link = await _fixture.SubscribeAsync(Kari);
        Assert.True(Mine(id).Updates);
        Assert.False((await ChangeAsync(id, updates: false)).Value!.Updates);
        Assert.Empty(_fixture.Subscribers());
        Assert.True((await ChangeAsync(id, updates: true)).Value!.Updates);
        Assert.Equal([Kari], _fixture.Subscribers());
        await _fixture.UnsubscribeAsync(link);
        Assert.False(Mine(id).Updates);

        var waiting = await _fixture.ConfirmWithUpdatesAsync("waits@example.org");
        Assert.True(Mine(waiting).Updates);
    }

    [Fact]
    public async Task Own_erasure_ends_both()
    {
        await _fixture.SubscribeAsync(Kari);
        await _fixture.EraseAsync(await _fixture.ConfirmAsync(Kari));
        Assert.Empty(_fixture.Subscribers());
        Assert.Equal(SubscriberState.Ended, _fixture.FindSubscriber(Kari)!.State);

        const string Asked = "asked-staff@example.org";
        await _fixture.SubscribeAsync(Asked);
        var id = await _fixture.ConfirmAsync(Asked);
        await _fixture.Get<StaffSignatureStore>().EraseAsync(_fixture.Campaign, id, Actor.Operator);
        Assert.Empty(_fixture.Subscribers());
    }

    [Fact]
    public async Task Not_me_ends_only_the_subscription_of_that_signature()
    {
        await _fixture.SubscribeAsync(Kari);
        await NotMeAsync(await _fixture.SignAsync(Kari));
        Assert.Equal([Kari], _fixture.Subscribers());

        var id = await _fixture.ConfirmWithUpdatesAsync("another@example.org");
        await _fixture.SealAllAsync();
        await RunAsync();
        Assert.Equal(2, _fixture.Subscribers().Count);
        await NotMeAsync(id);
        Assert.Equal([Kari], _fixture.Subscribers());
    }

    [Fact]
    public async Task Term_of_the_campaign_erases_signatures_alone()
    {
        await _fixture.ConfirmWithUpdatesAsync(Kari);
        await _fixture.SealAllAsync();
        await RunAsync();
        await _fixture
            .Get<CampaignEditor>()
            .ChangeStateAsync(CampaignFixture.Slug, CampaignState.Closed, Actor.Operator);
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET erase_after_days = 30, closes_at = closed_at")
        );
        _fixture.Clock.Advance(TimeSpan.FromDays(400));
        await _fixture.RunAsync<EraseAfterJob>();
        Assert.Equal(0, Count("SELECT count(*) FROM signatures WHERE contact IS NOT NULL"));
        Assert.Equal([Kari], _fixture.Subscribers());
    }

    private Task RunAsync() => _fixture.RunAsync<SubscribeSignersJob>();

    private async Task NotMeAsync(long id) =>
        Assert.Null(await _fixture.Get<NotMeStore>().RunAsync(_fixture.Link(LinkPurpose.NotMe, id)));

    private MySignature Mine(long id) =>
        _fixture.Get<MySignatureStore>().Find(_fixture.Link(LinkPurpose.Manage, id)).Value!;

    private Task<Outcome<MySignature>> ChangeAsync(long id, bool updates) =>
        _fixture
            .Get<MySignatureStore>()
            .ChangeAsync(_fixture.Link(LinkPurpose.Manage, id), SignatureChange.None with { Updates = updates });

    private long Count(string sql) => _fixture.Query(connection => connection.QuerySingle<long>(sql));
}
