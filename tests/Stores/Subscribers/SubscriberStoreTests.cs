using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Keys;
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
        await _fixture.RequestUpdatesAsync(Kari);
        var link = _fixture.SubscribeLink(Kari);
        Assert.False(Store.FindSubscription(link)!.IsDone);
        Assert.Equal(SubscriberState.Pending, _fixture.FindSubscriber(Kari)!.State);

        Assert.Null((await Store.SubscribeAsync(link)).Refusal);
        Assert.Null((await Store.SubscribeAsync(link)).Refusal);
        Assert.Equal([Kari], _fixture.Subscribers());
        var row = _fixture.FindSubscriber(Kari)!;
        Assert.Equal(
            (SubscriberSource.Form, "NO", "en", _fixture.Campaign.PrivacyNotice.Version, _fixture.Clock.GetUtcNow()),
            (row.Source, row.Country, row.Locale, row.PrivacyVersion, row.ConsentedAt!.Value)
        );
        Assert.Equal(TextHash.ComputeWording("I want news."), row.WordingHash);

        var end = _fixture.UnsubscribeLink(Kari);
        Assert.False(Store.FindUnsubscription(end)!.IsDone);
        Assert.Single(_fixture.Subscribers());
        Assert.Null((await Store.UnsubscribeAsync(end)).Refusal);
        Assert.Null((await Store.UnsubscribeAsync(end)).Refusal);
        Assert.True(Store.FindUnsubscription(end)!.IsDone);
        Assert.Empty(_fixture.Subscribers());
        Assert.Equal(
            1,
            Count(
                """
                SELECT count(*) FROM subscribers
                WHERE state = 'ended' AND source IS NULL AND address IS NULL AND locale IS NULL AND country IS NULL
                  AND consented_at IS NULL AND privacy_version IS NULL AND wording_hash IS NULL AND term_from IS NULL
                """
            )
        );
        Assert.Equal(0, Count("SELECT count(*) FROM letters"));
    }

    [Fact]
    public async Task Person_who_left_can_subscribe_again_and_an_old_link_ends_that_too()
    {
        var link = await _fixture.SubscribeAsync(Kari);
        var old = _fixture.SubscribeLink(Kari);
        await _fixture.UnsubscribeAsync(link);
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.RequestUpdatesAsync(Kari);
        Assert.Equal(Refusal.LinkNotUsable, (await Store.SubscribeAsync(old)).Refusal);
        await Store.SubscribeAsync(_fixture.SubscribeLink(Kari));
        Assert.Single(_fixture.Subscribers());
        await _fixture.UnsubscribeAsync(link);
        Assert.Empty(_fixture.Subscribers());
    }

    [Fact]
    public async Task Address_has_one_row_and_a_request_with_other_data_ends_older_links()
    {
        await _fixture.RequestUpdatesAsync(Kari);
        var first = _fixture.SubscribeLink(Kari);
        await _fixture.RequestUpdatesAsync("kari@EXAMPLE.org");
        Assert.Equal(first, _fixture.SubscribeLink(Kari));
        await _fixture.RequestUpdatesAsync(Kari, country: "GB");
        Assert.Equal(Refusal.LinkNotUsable, (await Store.SubscribeAsync(first)).Refusal);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _fixture.RequestUpdatesAsync(Kari, country: "GB")));
        Assert.Equal(1, Count("SELECT count(*) FROM subscribers"));
        await Store.SubscribeAsync(_fixture.SubscribeLink(Kari));
        await _fixture.RequestUpdatesAsync(Kari, country: "NL");
        Assert.Equal("GB", _fixture.FindSubscriber(Kari)!.Country);
        Assert.Single(_fixture.Subscribers());
    }

    [Fact]
    public async Task Subscriber_and_signature_have_no_value_in_common()
    {
        await _fixture.ConfirmAsync(Kari);
        await _fixture.SubscribeAsync(Kari);
        Assert.Equal(
            0,
            Count(
                """
                SELECT count(*) FROM signatures s
                JOIN subscribers b ON b.blind_index = s.blind_index OR b.blind_index = s.folded_index OR b.id = s.id
                """
            )
        );
        Assert.NotEqual(
            _fixture.Get<KeyRing>().BlindIndex.Compute(_fixture.Campaign.Id, "kari@example.org"),
            _fixture.FindSubscriber(Kari)!.BlindIndex
        );
    }

    [Fact]
    public async Task Suppressed_address_gets_no_row_and_no_letter()
    {
        var id = await _fixture.SignAsync(Kari);
        var notMe = _fixture.Link(Crypto.LinkPurpose.NotMe, id);
        Assert.Null(await _fixture.Get<NotMeStore>().RunAsync(notMe));
        var before = Count("SELECT count(*) FROM letters");
        await _fixture.RequestUpdatesAsync(Kari);
        Assert.Null(_fixture.FindSubscriber(Kari));
        Assert.Equal(before, Count("SELECT count(*) FROM letters"));
    }

    [Fact]
    public async Task Unsubscribing_also_ends_the_consent_of_the_signature()
    {
        var id = await _fixture.ConfirmWithUpdatesAsync(Kari);
        await _fixture.UnsubscribeAsync(await _fixture.SubscribeAsync(Kari));
        Assert.Equal(0, Count("SELECT updates FROM signatures"));
        Assert.Equal(1, Count("SELECT count(*) FROM consents WHERE purpose = 'updates' AND withdrawn_at IS NOT NULL"));
        var mine = _fixture.Get<MySignatureStore>().Find(_fixture.Link(Crypto.LinkPurpose.Manage, id)).Value!;
        Assert.Equal((SignatureState.Confirmed, false), (mine.State, mine.Updates));
    }

    [Fact]
    public async Task Link_unsubscribes_after_its_key_and_the_index_key_are_rotated()
    {
        var link = await _fixture.SubscribeAsync(Kari);
        foreach (var kind in (string[])["unsubscribe", "index", "root", "token"])
            await _fixture.RotateKeyAsync(kind);
        await _fixture.ReencryptAsync();
        Assert.Equal(2, _fixture.FindSubscriber(Kari)!.IndexVersion);
        Assert.Equal([Kari], _fixture.Subscribers());
        Assert.NotEqual(link, _fixture.UnsubscribeLink(Kari));
        await _fixture.UnsubscribeAsync(link);
        Assert.Empty(_fixture.Subscribers());
    }

    [Fact]
    public async Task Key_of_links_is_retired_only_after_the_term_of_the_last_letter()
    {
        var link = await _fixture.SubscribeAsync(Kari);
        await _fixture.RotateKeyAsync("unsubscribe");
        Assert.Contains("2028-05-17", await _fixture.TryRetireKeyAsync("unsubscribe", 1), StringComparison.Ordinal);
        Assert.Contains(await _fixture.ListKeysAsync(), key => key is { Kind: "unsubscribe", Version: 2 });
        _fixture.Clock.Advance(TimeSpan.FromDays(720));
        Assert.NotNull(await _fixture.TryRetireKeyAsync("unsubscribe", 1));
        _fixture.Clock.Advance(TimeSpan.FromDays(15));
        Assert.False(Store.FindUnsubscription(link)!.IsDone);
        Assert.Null(await _fixture.TryRetireKeyAsync("unsubscribe", 1));
        await _fixture.RestartAsync();
        Assert.Null(Store.FindUnsubscription(link));
    }

    [Fact]
    public async Task Two_at_once_unsubscribe_once()
    {
        var link = await _fixture.SubscribeAsync(Kari);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Store.UnsubscribeAsync(link)));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Refusal));
        Assert.Single(_fixture.Database.Journal.Read().Unsubscriptions);
    }

    [Fact]
    public async Task Damaged_address_is_unsubscribed_all_the_same()
    {
        var link = await _fixture.SubscribeAsync(Kari);
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE subscribers SET address = substr(address, 1, 40)")
        );
        Assert.Null((await Store.UnsubscribeAsync(link)).Refusal);
        Assert.Equal(SubscriberState.Ended, _fixture.FindSubscriber(Kari)!.State);
    }

    [Fact]
    public async Task Database_of_an_older_version_gets_the_key_of_the_links_at_start()
    {
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("DELETE FROM key_checks WHERE kind = 'unsubscribe'")
        );
        var file = Path.Combine(_fixture.Folder, "keys", "unsubscribe-1.key");
        await _fixture.RestartAsync(_ => File.Delete(file));
        Assert.True(File.Exists(file));
        await _fixture.UnsubscribeAsync(await _fixture.SubscribeAsync(Kari));

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => _fixture.RestartAsync(_ => File.Delete(file)));
        Assert.Contains("unsubscribe-1.key", refused.Message, StringComparison.Ordinal);
    }

    private long Count(string sql) => _fixture.Query(connection => connection.QuerySingle<long>(sql));
}
