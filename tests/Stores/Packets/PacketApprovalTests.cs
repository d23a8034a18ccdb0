using Campaigns.Db.Campaigns;
using Campaigns.Db.Files;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Build;
using Dapper;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>Two people look before a packet shows people to a recipient of high risk.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class PacketApprovalTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();
    private long _first;
    private long _second;

    public async Task InitializeAsync()
    {
        await _fixture.StartAsync();
        _first = await _fixture.MemberAsync("First Member");
        _second = await _fixture.MemberAsync("Second Member");
        await _fixture.ConfirmPersonAsync("Ola Hansen", country: "NO");
        await _fixture.SealAllAsync();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData("embassy-oslo", Disclosure.Name, true)]
    [InlineData("embassy-oslo", Disclosure.Initials, true)]
    [InlineData("embassy-oslo", Disclosure.Count, false)]
    [InlineData("embassy", Disclosure.Name, false)]
    public async Task Packet_that_shows_people_to_high_risk_waits(string recipient, Disclosure asked, bool waits)
    {
        var id = await OrderAsync(recipient, asked);
        await _fixture.RunAsync();
        var packet = Find(id);
        Assert.Equal(waits ? PacketStatus.AwaitingApproval : PacketStatus.Ready, packet.Status);
        Assert.Equal(waits ? new PacketApproval(ApprovalState.Waiting, null, null, null) : null, packet.Approval);
        Assert.Equal(waits ? 0 : 1, packet.Attempt);
    }

    [Fact]
    public async Task Packet_without_a_signature_that_shows_people_waits_too()
    {
        await _fixture.WithdrawAsync(_fixture.Query(one => one.QuerySingle<long>("SELECT max(id) FROM signatures")));
        await _fixture.SealAllAsync();
        Assert.Equal(PacketStatus.AwaitingApproval, Find(await OrderAsync()).Status);
    }

    [Fact]
    public async Task Another_member_than_who_asked_decides_once()
    {
        var id = await OrderAsync();
        Assert.Equal(Refusal.OwnRequest, await _fixture.ApproveAsync(id, _first));
        Assert.Equal(Refusal.OwnRequest, await DeclineAsync(id, _first));
        Assert.Null(await _fixture.ApproveAsync(id, _second));
        Assert.Equal(
            new PacketApproval(ApprovalState.Approved, "Second Member", _fixture.Clock.GetUtcNow(), null),
            Find(id).Approval
        );
        Assert.Equal(Refusal.AlreadyDecided, await _fixture.ApproveAsync(id, _second));
        Assert.Equal(Refusal.AlreadyDecided, await DeclineAsync(id, _second));
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.Ready, Find(id).Status);
        Assert.Contains("O. H.", _fixture.VolumesText(id), StringComparison.Ordinal);
        Assert.Equal([("packet.request", _first), ("packet.approve", _second)], Audit(id));
    }

    [Fact]
    public async Task Declined_packet_is_never_built_and_the_same_order_is_another_packet()
    {
        var id = await OrderAsync();
        Assert.Equal(id, await OrderAsync());
        Assert.Null(await DeclineAsync(id, _second));
        Assert.Equal((ApprovalState.Declined, "too early"), (Find(id).Approval!.State, Find(id).Approval!.Reason));
        Assert.Equal(Refusal.AlreadyDecided, await RebuildAsync(id));
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.Declined, Find(id).Status);
        var again = await OrderAsync();
        Assert.NotEqual(id, again);
        Assert.Equal(PacketStatus.AwaitingApproval, Find(again).Status);
    }

    [Fact]
    public async Task Rebuild_keeps_the_approval_and_another_cut_off_needs_a_new_one()
    {
        var id = await BuiltAsync();
        Assert.Null(await RebuildAsync(id));
        Assert.Equal(PacketStatus.Queued, Find(id).Status);
        await _fixture.RunAsync();
        Assert.Equal((PacketStatus.Ready, 2), (Find(id).Status, Find(id).Attempt));
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        await _fixture.SealAllAsync();
        var later = await OrderAsync();
        Assert.NotEqual(id, later);
        Assert.Equal(PacketStatus.AwaitingApproval, Find(later).Status);
    }

    [Fact]
    public async Task Approval_of_a_member_who_left_before_the_build_does_not_count()
    {
        var id = await OrderAsync();
        Assert.Null(await _fixture.ApproveAsync(id, _second));
        await _fixture.Get<StaffStore>().RevokeAsync(_second, Actor.Operator);
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.AwaitingApproval, Find(id).Status);
        Assert.Equal(ApprovalState.Waiting, Find(id).Approval!.State);
        Assert.Equal("packet.approval-lapse", Audit(id)[^1].Action);
        Assert.Null(await _fixture.ApproveAsync(id, await _fixture.MemberAsync("Third Member")));
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.Ready, Find(id).Status);
    }

    [Fact]
    public async Task Rebuild_after_the_approver_left_waits_and_the_old_file_is_gone()
    {
        var id = await BuiltAsync();
        await _fixture.Get<StaffStore>().RevokeAsync(_second, Actor.Operator);
        Assert.Null(await RebuildAsync(id));
        Assert.Equal(PacketStatus.AwaitingApproval, Find(id).Status);
        Assert.Null(_fixture.Packets.OpenFile(id));
        Assert.Null(await RebuildAsync(id));
        Assert.Equal(PacketStatus.AwaitingApproval, Find(id).Status);
    }

    [Fact]
    public async Task Queued_packet_waits_once_its_recipient_has_high_risk()
    {
        var id = await OrderAsync("embassy");
        await RaiseRiskAsync();
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.AwaitingApproval, Find(id).Status);
    }

    [Fact]
    public async Task Build_in_progress_waits_once_its_recipient_has_high_risk()
    {
        var id = await OrderAsync("embassy");
        var claimed = (await _fixture.Queue.ClaimAsync(id, "worker", default))!;
        var work = _fixture.Get<PacketFolder>().CreateWorkFolder(id, claimed.Packet.Attempt);
        using (var staging = new PacketStaging(work))
        {
            var (manifest, jws, _) = _fixture.BuildParts(claimed, staging)!;
            await RaiseRiskAsync();
            Assert.Equal(
                PublishResult.SourceChanged,
                await _fixture.Queue.PublishAsync(claimed, "x", 1, new byte[32], manifest, jws, default)
            );
        }
        await _fixture.Queue.ReleaseAsync(claimed.Packet, default);
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.AwaitingApproval, Find(id).Status);
    }

    [Fact]
    public async Task Of_decisions_at_once_one_holds()
    {
        var third = await _fixture.MemberAsync("Third Member");
        for (var round = 0; round < 5; round++)
        {
            var id = await OrderAsync(locale: Locales.Supported[round % 3], cutOffLater: round);
            var decided = await Task.WhenAll(
                _fixture.ApproveAsync(id, _second),
                DeclineAsync(id, third),
                _fixture.ApproveAsync(id, third)
            );
            Assert.Equal(2, decided.Count(refusal => refusal == Refusal.AlreadyDecided));
            var winner = Assert.Single(decided.Index(), one => one.Item is null).Index;
            Assert.Equal(winner == 1 ? PacketStatus.Declined : PacketStatus.Queued, Find(id).Status);
        }
    }

    [Fact]
    public async Task Build_begins_only_after_the_approval_and_then_nothing_is_left_to_decide()
    {
        var id = await OrderAsync();
        Assert.Null(await _fixture.Queue.ClaimAsync(id, "worker", default));
        Assert.Null(await _fixture.ApproveAsync(id, _second));
        Assert.NotNull(await _fixture.Queue.ClaimAsync(id, "worker", default));
        Assert.Equal(Refusal.AlreadyDecided, await DeclineAsync(id, _second));
        Assert.Equal(PacketStatus.Building, Find(id).Status);
    }

    [Fact]
    public async Task Waiting_packets_are_counted_for_those_who_may_decide()
    {
        await OrderAsync();
        var approvals = _fixture.Get<PacketApprovalStore>();
        Assert.Empty(approvals.CountWaiting(_first));
        Assert.Equal(1, Assert.Single(approvals.CountWaiting(_second)).Packets);
    }

    private Packet Find(long id) => _fixture.Packets.Find(id)!;

    private async Task<long> BuiltAsync()
    {
        var id = await OrderAsync();
        Assert.Null(await _fixture.ApproveAsync(id, _second));
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.Ready, Find(id).Status);
        return id;
    }

    private async Task<long> OrderAsync(
        string recipient = "embassy-oslo",
        Disclosure disclosure = Disclosure.Initials,
        string locale = "en",
        int cutOffLater = 0
    )
    {
        for (var i = 0; i < cutOffLater; i++)
            await _fixture.ConfirmPersonAsync("Later Person", country: "NO");
        await _fixture.SealAllAsync();
        var outcome = await _fixture.Packets.RequestAsync(
            _fixture.Campaign,
            new PacketRequest(recipient, null, disclosure, locale, null, Csv: false),
            null,
            new Actor(_first)
        );
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }

    private Task<Refusal?> DeclineAsync(long id, long member) =>
        _fixture.Get<PacketApprovalStore>().DeclineAsync(Find(id), PacketFixture.Slug, "too early", new Actor(member));

    private Task<Refusal?> RebuildAsync(long id) =>
        _fixture.Packets.RebuildAsync(Find(id), PacketFixture.Slug, new Actor(_first));

    private async Task RaiseRiskAsync()
    {
        var changed = await _fixture
            .Get<CampaignEditor>()
            .ChangeAsync(
                PacketFixture.Slug,
                campaign =>
                    Example.DraftOf(campaign) with
                    {
                        Recipients =
                        [
                            .. Example
                                .DraftOf(campaign)
                                .Recipients.Select(recipient => recipient with { Risk = Recipient.HighRisk }),
                        ],
                    },
                Actor.Operator,
                mayEraseSooner: false
            );
        Assert.Null(changed.Refusal);
    }

    private List<(string Action, long Staff)> Audit(long id) =>
        _fixture.Query(connection =>
            connection
                .Query<(string, long)>(
                    "SELECT action, COALESCE(staff_id, 0) FROM audit WHERE subject = @id ORDER BY id",
                    new { id = Ids.Text(id) }
                )
                .ToList()
        );
}
