using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Orders of packets at two processes at once. SQLite has one writer, so there it cannot happen.
/// </summary>
[Trait("Database", "postgres")]
public sealed class ConcurrentOrderTests : IAsyncLifetime
{
    private TwoProcesses _two = null!;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task Same_order_at_two_processes_is_one_packet()
    {
        var (first, second) = await OrderTogetherAsync("en", "en");
        Assert.Equal(first.Value!.Id, second.Value!.Id);
        Assert.Equal(1, _two.Count("packets"));
    }

    [Fact]
    public async Task Fifth_and_sixth_order_at_two_processes_do_not_pass_together()
    {
        foreach (var disclosure in (Disclosure[])[Disclosure.Name, Disclosure.Initials])
            foreach (var locale in (string[])["en", "nl"])
                Assert.Null((await OrderAsync(_two.One, locale, disclosure)).Refusal);
        var (first, second) = await OrderTogetherAsync("en", "nl");
        Assert.Null(first.Refusal);
        Assert.Equal(Refusal.TooManyPackets, second.Refusal);
        Assert.Equal(5, _two.Count("packets"));
    }

    private Task<(Outcome<Packet> First, Outcome<Packet> Second)> OrderTogetherAsync(string one, string other) =>
        _two.RunTogetherAsync(atEnd => OrderAsync(_two.One, one, then: atEnd), () => OrderAsync(_two.Other, other));

    private static Task<Outcome<Packet>> OrderAsync(
        CampaignFixture process,
        string locale,
        Disclosure disclosure = Disclosure.Count,
        Action? then = null
    )
    {
        var packets = process.Get<PacketStore>();
        var request = new PacketRequest("embassy-london", null, disclosure, locale, null, Csv: false);
        var order = packets.Check(process.Campaign, request, null).Value!;
        return process.Database.Writes.RunAsync(write =>
        {
            var outcome = packets.Create(write, order, new Actor(17));
            then?.Invoke();
            return outcome;
        });
    }
}
