using System.Text;
using Campaigns.Api.Commands;
using Campaigns.Crypto;
using Campaigns.Db.Ledger;
using Campaigns.Db.Operations;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>
/// Packets before and after a restore of a backup that is older than the published ledger, and an
/// import of the lines.
/// </summary>
public sealed class RestoredPacketTests : IAsyncLifetime
{
    private PacketFixture _fixture = null!;
    private readonly string _backup = Directory.CreateTempSubdirectory("backup-").FullName;

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync()
    {
        await _fixture.DisposeAsync();
        Directory.Delete(_backup, recursive: true);
    }

    [Fact]
    public async Task Old_packet_stays_valid_and_a_new_one_counts_lost_signers()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        var withdrawn = await _fixture.ConfirmPersonAsync("Ola Nordmann");
        var early = await _fixture.BuildAsync();
        await _fixture.RestartAsync(data => DatabaseUnderTest.Copy(data, _backup));
        await _fixture.ConfirmPersonAsync("Came Later");
        var made = _fixture.Zip(await _fixture.BuildAsync());
        await _fixture.WithdrawAsync(withdrawn);
        await _fixture.SealAllAsync();
        var lines = Lines();
        Assert.Equal(4, lines.Count);

        await _fixture.RestartAsync(data => DatabaseUnderTest.Copy(_backup, data));
        var file = new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        Assert.Equal(1, (await _fixture.Get<LedgerImport>().ImportAsync(_fixture.Campaign, file)).WithoutSignature);
        await _fixture.RestartAsync();

        Assert.Equal(0, Verify(made));
        Assert.Equal(PacketStatus.Stale, _fixture.Packets.Find(early)!.Status);
        var id = await _fixture.BuildAsync();
        var files = _fixture.Files(id);
        Assert.Equal(0, Verify(_fixture.Zip(id)));
        var manifest = Manifest.Parse(files[Manifest.FileName])!;
        Assert.Equal(new PacketCounts(2, 1, 0, 1, 0), manifest.Counts["GB"]);
        Assert.Equal([("en", 1L), ("", 1L)], manifest.Texts.Select(text => (text.Locale, text.Confirmed)));
        Assert.Contains(
            "their records were lost",
            Pdf.Text(files["count-certificate.pdf"]).ReplaceLineEndings(" "),
            StringComparison.Ordinal
        );
        var text = _fixture.VolumesText(id);
        Assert.Contains("Kari Nordmann", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ola", text, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Lines() =>
        _fixture.Get<LedgerStore>().ReadLines(_fixture.Campaign.Id, 0, long.MaxValue);

    private int Verify(byte[] zip) =>
        PacketVerification.ExitCode(
            PacketVerification.Check(
                PacketZip.Read(new MemoryStream(zip), JwkSet.Parse(_fixture.PublishedKeys()), Lines(), trusted: null)
            )
        );
}
