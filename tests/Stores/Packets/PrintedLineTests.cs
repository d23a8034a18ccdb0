using System.Text.RegularExpressions;
using Campaigns.Db.Files;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Keys;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>From a line on paper to the signature.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed partial class PrintedLineTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();

    private PrintedLineStore Lines => _fixture.Get<PrintedLineStore>();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Every_printed_line_leads_to_its_signature()
    {
        var people = new Dictionary<string, long>();
        foreach (var (index, country) in ((string[])["GB", "NL", "GB", "NO", "NL", "GB", "DE"]).Index())
        {
            var name = $"Person{(char)('A' + index)}";
            people[name] = await _fixture.ConfirmPersonAsync(name, country: country);
            await _fixture.ConfirmPersonAsync("Hidden Signer", Disclosure.Count, country);
        }
        var packet = _fixture.Packets.Find(await _fixture.BuildAsync())!;
        var files = _fixture.Files(packet.Id);
        var found = 0;
        foreach (var country in packet.Countries)
        {
            var text = Pdf.Text(files[$"signatures-{country}-001.pdf"]);
            foreach (Match line in Line().Matches(text))
            {
                var number = int.Parse(line.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
                var printed = Lines.Find(packet, country, 1, number).Value!;
                Assert.Equal(people[line.Groups[2].Value], printed.Signature);
                Assert.Equal(("confirmed", null), (printed.State, printed.Reason));
                found++;
            }
        }
        Assert.Equal(people.Count, found);
    }

    [Fact]
    public async Task Line_of_a_stale_packet_is_found_with_the_reason_until_it_is_built_again()
    {
        var id = await _fixture.ConfirmPersonAsync("Obscene Name");
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NL");
        var packetId = await _fixture.BuildAsync(countries: ["GB", "NL"]);
        Assert.Null(
            await _fixture.Get<ModerationStore>().InvalidateAsync(_fixture.Campaign, id, "not a name", Actor.Operator)
        );
        await _fixture.SweepAsync();
        var stale = _fixture.Packets.Find(packetId)!;
        Assert.Equal(PacketStatus.Stale, stale.Status);
        Assert.Equal(
            new PrintedLine
            {
                Signature = id,
                State = "invalidated",
                Reason = "not a name",
            },
            Lines.Find(stale, "GB", 1, 1).Value
        );

        await _fixture.Packets.RebuildAsync(stale, PacketFixture.Slug, Actor.Operator);
        Assert.Equal(Refusal.PacketNotReady, Lines.Find(_fixture.Packets.Find(packetId)!, "GB", 1, 1).Refusal);
        await _fixture.RunAsync();
        await _fixture.SweepAsync();
        var again = _fixture.Packets.Find(packetId)!;
        Assert.Equal(["line"], Lines.Find(again, "GB", 1, 1).Refusal!.Errors!.Keys);
        Assert.NotNull(Lines.Find(again, "NL", 1, 1).Value);
        Assert.Equal([".lines", ".packet"], Extensions());
    }

    [Fact]
    public async Task Missing_lines_and_lines_of_another_build_are_not_found()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        var packet = _fixture.Packets.Find(await _fixture.BuildAsync(countries: ["GB"]))!;
        var path = Path.Combine(_fixture.PacketFolder, PacketFolder.LinesName(packet.Id, packet.Attempt));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        Assert.Equal(Refusal.NotFound, Lines.Find(packet, "GB", 1, 1).Refusal);
        File.Delete(path);
        Assert.Equal(Refusal.NotFound, Lines.Find(packet, "GB", 1, 1).Refusal);
    }

    [Fact]
    public async Task Lines_are_found_after_a_rotation_of_the_root_key()
    {
        var id = await _fixture.ConfirmPersonAsync("Kari Nordmann");
        var packet = _fixture.Packets.Find(await _fixture.BuildAsync(countries: ["GB"]))!;
        await _fixture.RotateKeyAsync("root");
        await _fixture.RunAsync<Worker.Keys.ReencryptJob>();
        Assert.Equal(id, Lines.Find(packet, "GB", 1, 1).Value!.Signature);
    }

    [Fact]
    public async Task File_ends_after_ninety_days_and_the_packet_can_be_built_again()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        var leaves = await _fixture.ConfirmPersonAsync("Leaves Soon", country: "NL");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        var stale = await _fixture.BuildAsync(countries: ["NL"]);
        await _fixture.WithdrawAsync(leaves);
        _fixture.Clock.Advance(TimeSpan.FromDays(89));
        await EndAsync();
        Assert.Equal(PacketStatus.Ready, _fixture.Packets.Find(id)!.Status);
        Assert.Equal([".lines", ".lines", ".packet"], Extensions());

        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await EndAsync();
        var ended = _fixture.Packets.Find(id)!;
        Assert.Equal(PacketStatus.Ended, ended.Status);
        Assert.NotNull(ended.Manifest);
        Assert.Null(_fixture.Packets.OpenFile(id));
        Assert.Equal(Refusal.PacketEnded, Lines.Find(ended, "GB", 1, 1).Refusal);
        Assert.Equal(PacketStatus.Stale, _fixture.Packets.Find(stale)!.Status);
        Assert.Equal([], Extensions());

        await _fixture.Packets.RebuildAsync(ended, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        Assert.Equal(1, PacketTests.Occurrences(_fixture.VolumesText(id), "Kari Nordmann"));
        await EndAsync();
        Assert.Equal(PacketStatus.Ready, _fixture.Packets.Find(id)!.Status);
    }

    private async Task EndAsync()
    {
        await _fixture.RunAsync<Worker.Packets.EndPacketsJob>();
        await _fixture.SweepAsync();
    }

    private IEnumerable<string> Extensions() =>
        Directory.EnumerateFileSystemEntries(_fixture.PacketFolder).Select(path => Path.GetExtension(path)).Order();

    [GeneratedRegex(@"\b(\d+) (Person[A-Z])\b")]
    private static partial Regex Line();
}
