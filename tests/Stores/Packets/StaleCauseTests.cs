using Campaigns.Crypto;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets;
using Dapper;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>A stale packet says in numbers why it is stale.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class StaleCauseTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Causes_are_counted_by_signer_from_the_first_on()
    {
        var leaves = await _fixture.ConfirmPersonAsync("Leaves Soon");
        var lowers = await _fixture.ConfirmPersonAsync("Shows Less");
        var obscene = await _fixture.ConfirmPersonAsync("Not A Name");
        var elsewhere = await _fixture.ConfirmPersonAsync("Lives Elsewhere", country: "NL");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        var other = await _fixture.BuildAsync(countries: ["NL"]);
        var first = _fixture.Clock.GetUtcNow();
        await LowerAsync(lowers, Disclosure.Initials);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await LowerAsync(lowers, Disclosure.Count);
        await _fixture.WithdrawAsync(leaves);
        Assert.Null(
            await _fixture
                .Get<ModerationStore>()
                .InvalidateAsync(_fixture.Campaign, obscene, "not a name", Actor.Operator)
        );
        Assert.Equal(new StaleCauses(first, 1, 1, 0, 1, RecipientChanged: false, CampaignChanged: false), Causes(id));
        Assert.Equal(PacketStatus.Ready, _fixture.Packets.Find(other)!.Status);
        await _fixture.WithdrawAsync(elsewhere);
        Assert.Equal(1, Causes(id).Withdrawn);
        Assert.Equal(1, Causes(other).Withdrawn);
    }

    [Fact]
    public async Task Rebuild_has_the_same_cut_off_and_counts_from_itself_on()
    {
        var leaves = await _fixture.ConfirmPersonAsync("Leaves Soon");
        var stays = await _fixture.ConfirmPersonAsync("Stays Here");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        var cutOff = _fixture.Packets.Find(id)!.CutOff;
        await _fixture.WithdrawAsync(leaves);
        await _fixture.Packets.RebuildAsync(_fixture.Packets.Find(id)!, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        var rebuilt = _fixture.Packets.Find(id)!;
        Assert.Equal((PacketStatus.Ready, cutOff), (rebuilt.Status, rebuilt.CutOff));
        await LowerAsync(stays, Disclosure.Initials);
        Assert.Equal((0, 1), (Causes(id).Withdrawn, Causes(id).Lowered));
        Assert.Null(_fixture.Packets.OpenFile(id));
    }

    [Fact]
    public async Task Causes_are_deleted_once_no_stale_packet_counts_them()
    {
        var leaves = await _fixture.ConfirmPersonAsync("Leaves Soon");
        await _fixture.ConfirmPersonAsync("Stays Here");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        await _fixture.WithdrawAsync(leaves);
        await _fixture.RunAsync<EndPacketsJob>();
        Assert.Equal(1, Causes(id).Withdrawn);
        await _fixture.Packets.RebuildAsync(_fixture.Packets.Find(id)!, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        await _fixture.RunAsync<EndPacketsJob>();
        Assert.Equal(0, _fixture.Query(one => one.QuerySingle<long>("SELECT count(*) FROM stale_causes")));
    }

    private StaleCauses Causes(long id) => _fixture.Get<StaleCauseStore>().Find(_fixture.Packets.Find(id)!);

    private async Task LowerAsync(long signer, Disclosure disclosure) =>
        Assert.Null(
            (
                await _fixture
                    .Get<MySignatureStore>()
                    .ChangeAsync(_fixture.Link(LinkPurpose.Manage, signer), new SignatureChange(disclosure, null))
            ).Refusal
        );
}
