using System.Net;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Subscribers;

public sealed class SubscriberStoreTests : IAsyncLifetime
{
    private const string Kari = "Kari@example.org";

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    private SubscriberStore Store => _fixture.Get<SubscriberStore>();

    [Fact]
    public async Task Person_who_presses_the_button_is_a_subscriber_until_they_unsubscribe()
    {
        await RequestAsync(Kari);
        Assert.Equal(SubscriberState.Pending, State());
        Assert.Empty(Active());
        Assert.False(Store.FindSubscription(SubscribeLink())!.IsDone);
        Assert.Equal(SubscriberState.Pending, State());

        Assert.Null((await Store.SubscribeAsync(SubscribeLink())).Refusal);
        Assert.Null((await Store.SubscribeAsync(SubscribeLink())).Refusal);
        var subscriber = Assert.Single(Active());
        Assert.Equal(Kari, _fixture.Get<SubscriberEncryption>().Decrypt(subscriber.Id, subscriber.Address).Typed);

        var link = UnsubscribeLink(subscriber);
        Assert.False(Store.FindUnsubscription(link)!.IsDone);
        Assert.Single(Active());
        Assert.Null((await Store.UnsubscribeAsync(link)).Refusal);
        Assert.Null((await Store.UnsubscribeAsync(link)).Refusal);
        Assert.True(Store.FindUnsubscription(link)!.IsDone);
        Assert.Empty(Active());
        Assert.Equal(SubscriberState.Ended, State());
        Assert.Equal(0, Count("SELECT count(*) FROM subscribers WHERE address IS NOT NULL OR locale IS NOT NULL"));
        Assert.Equal(0, Count("SELECT count(*) FROM letters"));
    }

    [Fact]
    public async Task Person_who_left_can_subscribe_again_and_an_old_link_ends_that_too()
    {
        await SubscribeAsync(Kari);
        var link = UnsubscribeLink(Active().Single());
        await Store.UnsubscribeAsync(link);
        var old = SubscribeLink();
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await RequestAsync(Kari);
        Assert.Equal(Refusal.LinkNotUsable, (await Store.SubscribeAsync(old)).Refusal);
        await Store.SubscribeAsync(SubscribeLink());
        Assert.Single(Active());
        await Store.UnsubscribeAsync(link);
        Assert.Empty(Active());
    }

    private Task RequestAsync(string email, string? country = "NO") =>
        Store.RequestAsync(
            _fixture.Campaign,
            new NewSubscription(
                EmailAddress.Parse(email).Address!,
                "en",
                country,
                _fixture.Campaign.PrivacyNotice.Version,
                new string('a', 64)
            ),
            IPAddress.Loopback
        );

    private async Task SubscribeAsync(string email)
    {
        await RequestAsync(email);
        Assert.Null((await Store.SubscribeAsync(SubscribeLink())).Refusal);
    }

    // Of the newest row.
    private string SubscribeLink()
    {
        var (id, generation) = _fixture.Query(connection =>
            connection.QuerySingle<(long, long)>("SELECT id, generation FROM subscribers ORDER BY id DESC LIMIT 1")
        );
        return _fixture
            .Get<KeyRing>()
            .Tokens.Write(LinkPurpose.Subscribe, _fixture.Campaign.Id, id, (int)generation);
    }

    private string UnsubscribeLink(Subscriber subscriber) =>
        _fixture.Get<SubscriberEncryption>().UnsubscribeToken(subscriber.CampaignId, subscriber.Id, subscriber.Index);

    private IReadOnlyList<Subscriber> Active() =>
        _fixture.Get<SubscriberReader>().ReadNext(_fixture.Campaign.Id, 0, 100);

    private string State() =>
        _fixture.Query(connection => connection.QuerySingle<string>("SELECT state FROM subscribers"));

    private long Count(string sql) => _fixture.Query(connection => connection.QuerySingle<long>(sql));
}
