using System.Buffers.Text;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Keys;

public sealed class LinkAndSigningKeyTests : IAsyncLifetime
{
    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task Links_from_before_a_rotation_work_for_the_stated_time()
    {
        var id = await _campaign.ConfirmAsync("kari@example.org");
        var old = _campaign.Link(LinkPurpose.Manage, id);
        await RotateAsync("token");
        _campaign.Get<KeyRing>().Refresh();
        var fresh = _campaign.Link(LinkPurpose.Manage, id);
        Assert.Equal((1, 2), (Version(old), Version(fresh)));
        Assert.Contains("work until", await RetireAsync("token", 1), StringComparison.Ordinal);

        _campaign.Clock.Advance(TimeSpan.FromDays(400) - TimeSpan.FromMilliseconds(2));
        Assert.Null(Find(old));
        _campaign.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Refusal.NotSignedIn, Find(old));
        Assert.Null(Find(fresh));

        Assert.Null(await RetireAsync("token", 1));
        File.Delete(Path.Combine(_campaign.Folder, "keys", "token-1.key"));
        await _campaign.RestartAsync();
        Assert.Null(Find(fresh));
    }

    [Fact]
    public async Task Link_from_before_a_rotation_confirms_afterwards()
    {
        var id = await _campaign.SignAsync("kari@example.org");
        var link = _campaign.Link(LinkPurpose.Confirm, id);
        foreach (var kind in KeyStore.Kinds)
            await RotateAsync(kind);
        Assert.Equal("Kari Nordmann", _campaign.Get<ConfirmationStore>().Preview(link)!.Name);
        var confirmed = (await _campaign.Get<ConfirmationStore>().ConfirmAsync(link)).Value!;
        Assert.Equal(2, Version(confirmed.ManageToken));
        Assert.Null(Find(confirmed.ManageToken));
    }

    [Fact]
    public async Task Newest_key_signs_and_older_signatures_stay_verifiable()
    {
        await _campaign.ConfirmAsync("kari@example.org");
        await _campaign.SealAllAsync();
        var before = _campaign.Ledger.GetHead(_campaign.Campaign.Id);
        await RotateAsync("signing");
        await _campaign.ConfirmAsync("ola@example.org");
        await _campaign.SealAllAsync();
        var after = _campaign.Ledger.GetHead(_campaign.Campaign.Id);

        var published = JwkSet.Parse(_campaign.PublishedKeys())!;
        Assert.NotNull(Jws.Verify(before.Jws, published));
        Assert.NotNull(Jws.Verify(after.Jws, published));
        using var newest = _campaign.Get<KeyRing>().CurrentSigning.Open();
        Assert.Null(Jws.Verify(before.Jws, new JwkSet().Add(newest)));
        Assert.NotNull(Jws.Verify(after.Jws, new JwkSet().Add(newest)));
        Assert.Contains("checkable", await RetireAsync("signing", 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Newest_and_unknown_keys_cannot_be_retired()
    {
        foreach (var kind in KeyStore.Kinds)
            Assert.NotNull(await RetireAsync(kind, 1));
        Assert.NotNull(await RetireAsync("root", 7));
    }

    private Refusal? Find(string link) => _campaign.Get<MySignatureStore>().Find(link).Refusal;

    private Task<int> RotateAsync(string kind) => _campaign.RotateKeyAsync(kind);

    private Task<string?> RetireAsync(string kind, int version) =>
        _campaign.TryRetireKeyAsync(kind, version);

    private static int Version(string token) => Base64Url.DecodeFromChars(token)[1];
}
