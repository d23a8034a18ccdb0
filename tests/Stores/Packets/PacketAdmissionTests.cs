using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>Which packets are ordered beside others, and whose is built first.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class PacketAdmissionTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private static readonly PacketRequest _request = new("embassy", null, Disclosure.Name, "en", null, Csv: false);

    private PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Cut_off_near_another_packets_becomes_that_one()
    {
        await StartWithBatchesOfAsync(20);
        var first = await SealedAsync(4);
        var early = Find(await OrderAsync(_request));
        Assert.Equal((4, first.Root), (early.CutOff.Size, early.CutOff.Root));
        await SealedAsync(1);
        var near = Find(await OrderAsync(_request with { Locale = "nl" }));
        Assert.Equal(early.CutOff, near.CutOff);
        var far = await SealedAsync(19);
        Assert.Equal(24, far.Size);
        Assert.Equal(24, Find(await OrderAsync(_request with { Locale = "nl" })).CutOff.Size);
        // The head between them is nearer to the first packet.
        Assert.Equal(4, Find(await OrderAsync(_request with { Locale = "nb", CutOff = 5 })).CutOff.Size);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Cut_off_without_a_signed_head_is_refused(long cutOff)
    {
        await StartWithBatchesOfAsync(20);
        await SealedAsync(4);
        await SealedAsync(30);
        var outcome = await _fixture.Packets.RequestAsync(
            _fixture.Campaign,
            _request with
            {
                CutOff = cutOff,
            },
            null,
            Actor.Operator
        );
        Assert.Equal(["cutOff"], outcome.Refusal!.Errors!.Keys);
    }

    [Fact]
    public async Task Same_order_is_the_same_packet_while_nothing_changed()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        var leaves = await _fixture.ConfirmPersonAsync("Leaves Soon");
        await _fixture.SealAllAsync();
        var id = await OrderAsync(_request);
        Assert.Equal(id, await OrderAsync(_request));
        Assert.NotNull(await _fixture.Queue.ClaimNextAsync("test"));
        Assert.Equal(id, await OrderAsync(_request));
        foreach (
            var other in (PacketRequest[])
                [
                    _request with
                    {
                        Locale = "nl",
                    },
                    _request with
                    {
                        Disclosure = Disclosure.Count,
                    },
                    _request with
                    {
                        Countries = ["GB"],
                    },
                    _request with
                    {
                        Csv = true,
                    },
                    _request with
                    {
                        Xlsx = true,
                    },
                    _request with
                    {
                        CutOff = 0,
                    },
                ]
        )
            Assert.NotEqual(id, await OrderAsync(other));
        await _fixture.Queue.ReleaseAsync(Find(id), default);
        await _fixture.RunAsync();
        Assert.Equal(id, await OrderAsync(_request));
        await _fixture.WithdrawAsync(leaves);
        Assert.Equal(PacketStatus.Stale, Find(id).Status);
        Assert.NotEqual(id, await OrderAsync(_request));
    }

    [Fact]
    public async Task A_member_waits_for_five_packets_and_a_campaign_for_twenty()
    {
        var members = new List<Actor>();
        for (var i = 0; i < 5; i++)
            members.Add(await MemberAsync());
        foreach (var (index, member) in members.Take(4).Index())
        {
            foreach (var request in Different().Skip(index * 5).Take(5))
                await OrderAsync(request, member);
            if (index < 3)
                Assert.Equal(Refusal.TooManyPackets, (await TryAsync(Different().Last(), member)).Refusal);
        }
        Assert.Equal(Refusal.TooManyPackets, (await TryAsync(Different().Last(), members[4])).Refusal);
        // The same order needs no room, and a built packet makes room.
        await OrderAsync(Different().First(), members[4]);
        await _fixture.RunAsync();
        await OrderAsync(Different().Last(), members[4]);
    }

    [Fact]
    public async Task First_packet_of_each_member_is_built_before_the_second_of_any()
    {
        var (many, one) = (await MemberAsync(), await MemberAsync());
        var first = new List<long>();
        foreach (var request in Different().Take(5))
            first.Add(await OrderAsync(request, many));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await OrderAsync(Different().Last(), one);
        Assert.Equal([first[0], second], _fixture.Queue.FindWaiting().Take(2));
        // A packet that is being built is a turn of its member.
        Assert.NotNull(await _fixture.Queue.ClaimAsync(first[0], "test", default));
        Assert.Equal([second, first[1]], _fixture.Queue.FindWaiting().Take(2));
        Assert.NotNull(await _fixture.Queue.ClaimAsync(second, "test", default));
        Assert.Equal(first[1], _fixture.Queue.FindWaiting()[0]);
    }

    [Fact]
    public async Task Packets_of_others_do_not_empty_the_list_of_an_organiser()
    {
        var own = await OrderAsync(_request with { Countries = ["NL"] });
        foreach (var request in Different().Take(7))
            await OrderAsync(request);
        var both = await OrderAsync(_request with { Countries = ["NL", "NO"], Locale = "nl" });
        Assert.Equal([own], List(["NL"], 2));
        Assert.Equal([both, own], List(["NL", "NO"], 2));
        Assert.Equal([], List(["SE"], 2));
        Assert.Equal([], List([], 2));
        Assert.Equal(9, List(null, 100).Count);

        IReadOnlyList<long> List(IReadOnlyList<string>? scope, int limit) =>
            [.. _fixture.Packets.List(_fixture.Campaign.Id, scope, long.MaxValue, limit).Select(packet => packet.Id)];
    }

    // Thirty orders of GB, each of another packet.
    private static IEnumerable<PacketRequest> Different() =>
        from countries in (string[][])
            [
                ["GB"],
                ["GB", "ZZ"],
            ]
        from locale in Locales.Supported.Take(3)
        from csv in (bool[])[false, true]
        from disclosure in Enum.GetValues<Disclosure>()
        select new PacketRequest("embassy", countries, disclosure, locale, null, csv);

    private async Task StartWithBatchesOfAsync(int minBatch)
    {
        await _fixture.DisposeAsync();
        _fixture = new PacketFixture(minBatch);
        await _fixture.StartAsync();
    }

    private async Task<Db.Ledger.SignedTreeHead> SealedAsync(int more)
    {
        for (var i = 0; i < more; i++)
            await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await _fixture.SealAllAsync();
        return _fixture.Ledger.GetHead(_fixture.Campaign.Id);
    }

    private async Task<Actor> MemberAsync()
    {
        var staff = _fixture.Get<StaffStore>();
        var token = await staff.AddAsync("Member", Role.Campaigner, [], Actor.Operator);
        return new Actor(_fixture.Get<TokenStore>().Find(token)!.Member.Id);
    }

    private Db.Packets.Packet Find(long id) => _fixture.Packets.Find(id)!;

    private Task<Outcome<long>> TryAsync(PacketRequest request, Actor actor) =>
        _fixture.Packets.RequestAsync(_fixture.Campaign, request, null, actor);

    private async Task<long> OrderAsync(PacketRequest request, Actor? actor = null)
    {
        var outcome = await TryAsync(request, actor ?? Actor.Operator);
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }
}
