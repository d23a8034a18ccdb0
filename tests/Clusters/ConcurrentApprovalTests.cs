using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Decisions about a packet at two processes at once. SQLite has one writer, so there it cannot
/// happen.
/// </summary>
[Trait("Database", "postgres")]
public sealed class ConcurrentApprovalTests : IAsyncLifetime
{
    private TwoProcesses _two = null!;
    private long _member;

    private string Data => Path.Combine(_two.One.Folder, "data");

    public async Task InitializeAsync()
    {
        _two = await TwoProcesses.StartAsync();
        await _two.One.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE recipients SET risk = 'high'")
        );
        _member = await _two.One.Get<StaffStore>().EnsureAsync("Second Member", Role.Campaigner, []);
    }

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Decision_that_waits_for_another_finds_it_decided(bool approves)
    {
        var id = await OrderAsync();
        Task<Refusal?> second;
        Task<Refusal?> first;
        await using (var hold = StatementHold.On(Data, "packets", "UPDATE", "NEW.decided_at IS NOT NULL"))
        {
            first = ApproveAsync(_two.One, id);
            await hold.ReachedAsync("no decision is made");
            second = approves ? ApproveAsync(_two.Other, id) : DeclineAsync(_two.Other, id);
            await CampaignServer.UntilAsync(
                () =>
                    _two.Count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 1,
                "the second process does not wait"
            );
        }
        Assert.Null(await first);
        Assert.Equal(Refusal.AlreadyDecided, await second);
        Assert.Equal(PacketStatus.Queued, _two.Other.Get<PacketStore>().Find(id)!.Status);
    }

    [Fact]
    public async Task Builder_in_another_process_claims_only_after_the_approval()
    {
        var id = await OrderAsync();
        Task<Refusal?> approval;
        var queue = _two.Other.Get<PacketQueue>();
        await using (var hold = StatementHold.On(Data, "packets", "UPDATE", "NEW.decided_at IS NOT NULL"))
        {
            approval = ApproveAsync(_two.One, id);
            await hold.ReachedAsync("no decision is made");
            Assert.Null(await queue.ClaimAsync(id, "other", default));
        }
        Assert.Null(await approval);
        Assert.NotNull(await queue.ClaimAsync(id, "other", default));
    }

    private async Task<long> OrderAsync()
    {
        var request = new PacketRequest("embassy-london", null, Disclosure.Initials, "en", null, Csv: false);
        var ordered = await _two.One.Get<PacketStore>().RequestAsync(_two.One.Campaign, request, null, Actor.Operator);
        Assert.Equal(PacketStatus.AwaitingApproval, _two.One.Get<PacketStore>().Find(ordered.Value)!.Status);
        return ordered.Value;
    }

    private Task<Refusal?> ApproveAsync(CampaignFixture process, long id) =>
        process
            .Get<PacketApprovalStore>()
            .ApproveAsync(process.Get<PacketStore>().Find(id)!, CampaignFixture.Slug, new Actor(_member));

    private Task<Refusal?> DeclineAsync(CampaignFixture process, long id) =>
        process
            .Get<PacketApprovalStore>()
            .DeclineAsync(process.Get<PacketStore>().Find(id)!, CampaignFixture.Slug, "no", new Actor(_member));
}
