using Campaigns.Db.Packets;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>A preview has the numbers of the packet that is then built.</summary>
public sealed class PacketPreviewTests : IAsyncLifetime
{
    private PacketFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData(Disclosure.Name)]
    [InlineData(Disclosure.Initials)]
    [InlineData(Disclosure.Count)]
    public async Task Preview_has_the_counts_of_the_packet(Disclosure asked)
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        await _fixture.ConfirmPersonAsync("Ola Nordmann", Disclosure.Initials, "NO");
        await _fixture.ConfirmPersonAsync("Counted Only", Disclosure.Count);
        await _fixture.ConfirmPersonAsync("Lives Elsewhere", country: "SE");
        var leaves = await _fixture.ConfirmPersonAsync("Leaves Soon", country: "NL");
        await _fixture.SealAllAsync();
        await _fixture.WithdrawAsync(leaves);

        var request = new PacketRequest("embassy", null, asked, "en", null, false);
        var packet = _fixture.Packets.Check(_fixture.Campaign, request, null).Value!;
        var (cutOff, preview) = _fixture.Get<PacketPreviewStore>().Preview(packet);
        var id = await _fixture.RequestAsync(disclosure: asked);
        await _fixture.RunAsync();
        var built = _fixture.Packets.Find(id)!;
        Assert.Equal(built.CutOff, cutOff);
        Assert.Equal(built.Manifest!.Counts, preview.Counts);
        Assert.Equal(
            preview.Counts.Values.Sum(counts => counts.Signatures) - Shown(preview, asked),
            preview.Limited.Sum(limited => limited.Count)
        );
    }

    // Everyone who is shown as asked for.
    private static long Shown(PacketPreview preview, Disclosure asked) =>
        preview.Counts.Values.Sum(counts =>
            asked switch
            {
                Disclosure.Name => counts.Name,
                Disclosure.Initials => counts.Initials,
                _ => counts.Count,
            }
        );
}
