using Campaigns.Crypto;
using Campaigns.Db.Signatures;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Signatures;

/// <summary>A signer corrects name and place: a right that reaches packets and backups.</summary>
public sealed class SignerCorrectionTests : IAsyncLifetime
{
    private PacketFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Corrected_name_makes_packets_with_the_old_line_stale()
    {
        var id = await _fixture.ConfirmPersonAsync("Kari Normann", locality: "Bergn");
        var packet = await _fixture.BuildAsync(countries: ["GB"]);
        await CorrectAsync(id, "Kari Nordmann", "Bergen");
        Assert.Equal(PacketStatus.Stale, _fixture.Packets.Find(packet)!.Status);

        await _fixture.Packets.RebuildAsync(
            _fixture.Packets.Find(packet)!,
            PacketFixture.Slug,
            Campaigns.Db.Staff.Actor.Operator
        );
        await _fixture.RunAsync();
        var volume = Pdf.Text(_fixture.Files(packet)["signatures-GB-001.pdf"]);
        Assert.Contains("Kari Nordmann", volume, StringComparison.Ordinal);
        Assert.DoesNotContain("Normann", volume, StringComparison.Ordinal);
        Assert.Contains("Bergen", volume, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restored_backup_does_not_print_the_old_name()
    {
        var id = await _fixture.ConfirmPersonAsync("Kari Normann");
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await CorrectAsync(id, "Kari Nordmann", null);
        await _fixture.RestoreAsync();
        var mine = _fixture.Get<MySignatureStore>().Find(_fixture.Link(LinkPurpose.Manage, id)).Value!;
        Assert.Equal(("Kari Normann", Disclosure.Count), (mine.Name, mine.Disclosure));

        // Corrected and chosen again, it stays so.
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await CorrectAsync(id, "Kari Nordmann", null, Disclosure.Name);
        await _fixture.RestartAsync();
        mine = _fixture.Get<MySignatureStore>().Find(_fixture.Link(LinkPurpose.Manage, id)).Value!;
        Assert.Equal(("Kari Nordmann", Disclosure.Name), (mine.Name, mine.Disclosure));
    }

    [Fact]
    public async Task Restart_after_a_correction_changes_nothing()
    {
        var id = await _fixture.ConfirmPersonAsync("Kari Normann");
        await CorrectAsync(id, "Kari Nordmann", "Bergen");
        await _fixture.RestartAsync();
        var mine = _fixture.Get<MySignatureStore>().Find(_fixture.Link(LinkPurpose.Manage, id)).Value!;
        Assert.Equal(("Kari Nordmann", "Bergen", Disclosure.Name), (mine.Name, mine.Locality, mine.Disclosure));
    }

    private async Task CorrectAsync(long id, string name, string? locality, Disclosure? disclosure = null)
    {
        var outcome = await _fixture
            .Get<MySignatureStore>()
            .ChangeAsync(
                _fixture.Link(LinkPurpose.Manage, id),
                new SignatureChange(disclosure, Name: new ChangedText(name), Locality: new ChangedText(locality))
            );
        Assert.Null(outcome.Refusal);
    }
}
