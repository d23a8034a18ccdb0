using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Packets;

#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class PacketRequestTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData("unknown", null, "en", null, false, "recipient")]
    [InlineData("embassy-oslo", "GB", "en", null, false, "countries")]
    [InlineData("embassy", "SE", "en", null, false, "countries")]
    [InlineData("embassy", null, "fr", null, false, "locale")]
    [InlineData("embassy", null, "en", 7L, false, "cutOff")]
    [InlineData("embassy-oslo", null, "en", null, true, "include[0]")]
    public async Task Invalid_request_is_refused_with_its_field(
        string recipient,
        string? country,
        string locale,
        long? cutOff,
        bool csv,
        string field
    )
    {
        var request = new PacketRequest(
            recipient,
            country is null ? null : [country],
            Disclosure.Name,
            locale,
            cutOff,
            csv
        );
        var outcome = await _fixture.Packets.RequestAsync(_fixture.Campaign, request, null, Actor.Operator);
        Assert.Equal([field], outcome.Refusal!.Errors!.Keys);
    }

    [Fact]
    public async Task Organiser_gets_their_own_countries_only()
    {
        var request = new PacketRequest("embassy", null, Disclosure.Name, "en", null, false);
        var outcome = await _fixture.Packets.RequestAsync(_fixture.Campaign, request, ["NL"], Actor.Operator);
        Assert.Equal(["NL"], _fixture.Packets.Find(outcome.Value)!.Countries);
        Assert.NotNull(
            (
                await _fixture.Packets.RequestAsync(
                    _fixture.Campaign,
                    request with
                    {
                        Countries = ["GB"],
                    },
                    ["NL"],
                    Actor.Operator
                )
            ).Refusal
        );
    }
}
