using System.Text;
using Campaigns.Api.Commands;
using Campaigns.Crypto;
using Campaigns.Db.Ledger;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>A supplement has what was sealed after the cut-off of an earlier packet.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class SupplementTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private const StringSplitOptions NoBlanks = StringSplitOptions.RemoveEmptyEntries;

    private readonly PacketFixture _fixture = new();
    private long _early;
    private long _earlier;

    public async Task InitializeAsync()
    {
        await _fixture.StartAsync();
        _early = await _fixture.ConfirmPersonAsync("Early Bird");
        await _fixture.ConfirmPersonAsync("Early Owl");
        _earlier = await _fixture.BuildAsync(countries: ["GB", "NL"]);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Supplement_has_only_lines_after_the_cut_off_and_gives_both_totals()
    {
        await _fixture.ConfirmPersonAsync("Late Lark");
        await _fixture.WithdrawAsync(_early);
        await _fixture.ConfirmPersonAsync("Late Loon", Disclosure.Count, "NL");
        await _fixture.SealAllAsync();
        var id = (await OrderAsync()).Value;
        await _fixture.RunAsync();

        var packet = _fixture.Packets.Find(id)!;
        var earlier = new EarlierPacket(Ids.Text(_earlier), _fixture.Packets.Find(_earlier)!.CutOff);
        Assert.Equal((earlier, earlier), (packet.Earlier, packet.Manifest!.Earlier));
        Assert.Equal(["GB", "NL"], packet.Countries);
        Assert.Equal(new PacketCounts(1, 1, 0, 0, 0), packet.Manifest.Counts["GB"]);
        Assert.Equal(new PacketCounts(1, 0, 0, 1, 0), packet.Manifest.Counts["NL"]);
        var text = _fixture.VolumesText(id);
        Assert.Contains("Late Lark", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Early", text, StringComparison.Ordinal);
        var files = _fixture.Files(id);
        // The letter breaks its lines where they are full.
        var letter = string.Join(' ', Pdf.Text(files["cover-letter.pdf"]).Split(default(char[]), NoBlanks));
        Assert.Contains($"supplements packet {earlier.Packet}", letter, StringComparison.Ordinal);
        Assert.Contains("these are 3 together", letter, StringComparison.Ordinal);
        Assert.Contains(earlier.CutOff.Root[..20], Pdf.Text(files["count-certificate.pdf"]), StringComparison.Ordinal);
        Assert.Contains("supplementTo", Encoding.UTF8.GetString(files[Manifest.FileName]), StringComparison.Ordinal);
        Assert.All(Verify(id), check => Assert.True(check.Result == CheckResult.True, check.Sentence));
    }

    [Fact]
    public async Task Removal_of_an_earlier_line_leaves_the_supplement_ready()
    {
        var late = await _fixture.ConfirmPersonAsync("Late Lark");
        await _fixture.SealAllAsync();
        var id = (await OrderAsync()).Value;
        await _fixture.RunAsync();
        await _fixture.WithdrawAsync(_early);
        Assert.Equal(
            (PacketStatus.Stale, PacketStatus.Ready),
            (_fixture.Packets.Find(_earlier)!.Status, _fixture.Packets.Find(id)!.Status)
        );
        await _fixture.WithdrawAsync(late);
        Assert.Equal(PacketStatus.Stale, _fixture.Packets.Find(id)!.Status);
        Assert.Equal(1, _fixture.Get<StaleCauseStore>().Find(_fixture.Packets.Find(id)!).Withdrawn);
    }

    [Fact]
    public async Task Supplement_that_does_not_fit_names_the_field()
    {
        Assert.Equal("since", Field(await OrderAsync()));
        await _fixture.ConfirmPersonAsync("Late Lark");
        await _fixture.SealAllAsync();
        Assert.Equal("since", Field(await OrderAsync(since: 17)));
        Assert.Equal("since", Field(await OrderAsync("embassy-oslo", disclosure: Disclosure.Count)));
        Assert.Equal("countries", Field(await OrderAsync(countries: ["NO"])));
        var unbuilt = await _fixture.RequestAsync(countries: ["NO"]);
        Assert.Equal("since", Field(await OrderAsync(since: unbuilt)));
        var scoped = await _fixture.Packets.RequestAsync(
            _fixture.Campaign,
            Request("embassy", null, Disclosure.Name, _earlier),
            ["GB"],
            Actor.Operator
        );
        Assert.Equal("since", Field(scoped));
        Assert.Null((await OrderAsync()).Refusal);
    }

    [Fact]
    public async Task Supplement_and_whole_packet_are_two_packets()
    {
        await _fixture.ConfirmPersonAsync("Late Lark");
        await _fixture.SealAllAsync();
        var id = (await OrderAsync()).Value;
        Assert.Equal(id, (await OrderAsync()).Value);
        Assert.NotEqual(id, await _fixture.RequestAsync(countries: ["GB", "NL"]));
    }

    private static string Field(Outcome<long> outcome) => Assert.Single(outcome.Refusal!.Errors!.Keys);

    private static PacketRequest Request(
        string recipient,
        IReadOnlyList<string>? countries,
        Disclosure disclosure,
        long since
    ) => new(recipient, countries, disclosure, "en", null, Csv: false, Since: since);

    private Task<Outcome<long>> OrderAsync(
        string recipient = "embassy",
        IReadOnlyList<string>? countries = null,
        Disclosure disclosure = Disclosure.Name,
        long? since = null
    ) =>
        _fixture.Packets.RequestAsync(
            _fixture.Campaign,
            Request(recipient, countries, disclosure, since ?? _earlier),
            null,
            Actor.Operator
        );

    private IReadOnlyList<PacketCheck> Verify(long id) =>
        PacketVerification.Check(
            PacketZip.Read(
                new MemoryStream(_fixture.Zip(id)),
                JwkSet.Parse(_fixture.PublishedKeys()),
                _fixture.Get<LedgerStore>().ReadLines(_fixture.Campaign.Id, 0, long.MaxValue),
                trusted: null
            )
        );
}
