using System.Text;
using Campaigns.Api.Commands;
using Campaigns.Crypto;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Keys;
using Dapper;

namespace Campaigns.Tests.Stores.Packets;

#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class PacketTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private static readonly string[] _names =
    [
        "Kari Nordmann",
        "Siân Lloyd",
        "Ελένη Παππά",
        "Наталья Иванова",
        "محمد الرحمن",
        "דוד גוריון",
        "राजेश शर्मा",
        "Nguyễn Ánh",
        "王小明",
        "Zoë =Quill",
        "Łukasz Żółć",
    ];

    private readonly PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Every_disclosed_name_is_printed_once_and_no_hidden_name_at_all()
    {
        foreach (var name in _names)
            await _fixture.ConfirmPersonAsync(name, Disclosure.Name, "GB", "Llandudno");
        await _fixture.ConfirmPersonAsync("Hiddena Countperson", Disclosure.Count);
        await _fixture.ConfirmPersonAsync("Hiddenb Initialperson", Disclosure.Initials, "NL");
        await _fixture.ConfirmPersonAsync("Unlisted Visitor", Disclosure.Name, "DE");
        var id = await _fixture.BuildAsync();

        var files = _fixture.Files(id);
        Assert.Equal(
            [
                "META-INF/ASiCManifest001.xml",
                "META-INF/signature001.p7s",
                "READ-ME.txt",
                "count-certificate.pdf",
                "cover-letter.pdf",
                "manifest.json",
                "manifest.jws",
                "mimetype",
                "signatures-GB-001.pdf",
                "signatures-NL-001.pdf",
                "signatures-ZZ-001.pdf",
            ],
            files.Keys
        );
        var text = _fixture.VolumesText(id);
        foreach (var name in _names.Append("Unlisted Visitor"))
            Assert.Equal(1, Occurrences(text, name));
        Assert.Contains("H. I.", text, StringComparison.Ordinal);
        foreach (var (name, bytes) in files)
        {
            if (name.EndsWith(".pdf", StringComparison.Ordinal))
                Pdf.Check(bytes);
            var readable = name.EndsWith(".pdf", StringComparison.Ordinal)
                ? Pdf.Text(bytes)
                : Encoding.UTF8.GetString(bytes);
            foreach (var hidden in (string[])["Hiddena", "Countperson", "Hiddenb", "Initialperson"])
                Assert.DoesNotContain(hidden, readable, StringComparison.Ordinal);
            if (name != Manifest.SignatureFileName && !AsicContainer.IsPart(name))
                Assert.Contains(Ids.Text(id), readable, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Packet_passes_its_own_verification()
    {
        for (var i = 0; i < 12; i++)
            await _fixture.ConfirmPersonAsync(
                $"Person {(char)('A' + i)}",
                (Disclosure)(i % 3),
                i % 2 == 0 ? "GB" : "NL"
            );
        var gone = await _fixture.ConfirmPersonAsync("Gone Before", Disclosure.Name, "GB");
        await _fixture.SealAllAsync();
        await _fixture.WithdrawAsync(gone);
        var later = await _fixture.ConfirmPersonAsync("Gone After", Disclosure.Name, "NL");
        await _fixture.SealAllAsync();
        var id = await _fixture.RequestAsync(countries: ["GB", "NL"]);
        await _fixture.WithdrawAsync(later);
        await _fixture.SealAllAsync();
        await _fixture.RunAsync();

        var files = _fixture.Files(id);
        var manifest = _fixture.Packets.Find(id)!.Manifest!;
        Assert.Equal(new PacketCounts(6, 2, 2, 2, 0), manifest.Counts["GB"]);
        Assert.Equal(new PacketCounts(7, 2, 2, 2, 1), manifest.Counts["NL"]);
        Assert.Equal(files[Manifest.FileName], manifest.ToJson());
        var lines = _fixture.Get<Campaigns.Db.Ledger.LedgerStore>().ReadLines(_fixture.Campaign.Id, 0, long.MaxValue);
        var checks = PacketVerification.Check(
            PacketZip.Read(
                _fixture.Packets.OpenFile(id)!.Stream,
                JwkSet.Parse(_fixture.PublishedKeys()),
                lines,
                trusted: null
            )
        );
        Assert.Contains(checks, check => check.Subject == "container");
        Assert.All(checks, check => Assert.True(check.Result == CheckResult.True, check.Sentence));
        Assert.DoesNotContain("Gone", _fixture.VolumesText(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cover_letter_quotes_a_text_that_was_signed()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        var letter = Pdf.Text(_fixture.Files(await _fixture.BuildAsync(locale: "nl"))["cover-letter.pdf"]);
        Assert.Contains("We ask you to protect witnesses.", letter, StringComparison.Ordinal);
        Assert.Contains("Handtekeningen per land", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("Wij vragen", letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_builds_of_one_packet_differ_only_in_signatures()
    {
        foreach (var name in _names)
            await _fixture.ConfirmPersonAsync(name, Disclosure.Name, "GB", "Bath");
        var id = await _fixture.BuildAsync(locale: "nb", csv: true);
        var first = _fixture.Files(id);
        _fixture.Clock.Advance(TimeSpan.FromDays(3));
        await _fixture.RestartAsync();
        await _fixture.Packets.RebuildAsync(_fixture.Packets.Find(id)!, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        var second = _fixture.Files(id);
        Assert.Equal(first.Keys, second.Keys);
        // The list of the container has the hash of the manifest's signature.
        string[] signed = [Manifest.SignatureFileName, AsicContainer.ManifestName, AsicContainer.SignatureName];
        foreach (var name in first.Keys)
            Assert.Equal(signed.Contains(name), !first[name].AsSpan().SequenceEqual(second[name]));
    }

    [Fact]
    public async Task Withdrawal_invalidates_the_packet_and_a_rebuild_omits_the_name()
    {
        await _fixture.ConfirmPersonAsync("Stays Here");
        var withdrawn = await _fixture.ConfirmPersonAsync("Leaves Soon");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        Assert.Contains("Leaves Soon", _fixture.VolumesText(id), StringComparison.Ordinal);

        await _fixture.WithdrawAsync(withdrawn);
        Assert.Equal(PacketStatus.Stale, _fixture.Packets.Find(id)!.Status);
        Assert.NotNull(_fixture.Packets.Find(id)!.Manifest);
        Assert.Null(_fixture.Packets.OpenFile(id));
        await _fixture.SweepAsync();
        // The printed lines stay for those who hold the packet on paper.
        Assert.Equal(
            ".lines",
            Path.GetExtension(Assert.Single(Directory.EnumerateFileSystemEntries(_fixture.PacketFolder)))
        );

        await _fixture.Packets.RebuildAsync(_fixture.Packets.Find(id)!, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        var text = _fixture.VolumesText(id);
        Assert.Contains("Stays Here", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Leaves", text, StringComparison.Ordinal);
        Assert.Equal(new PacketCounts(2, 1, 0, 0, 1), _fixture.Packets.Find(id)!.Manifest!.Counts["GB"]);
    }

    [Fact]
    public async Task Lowered_disclosure_invalidates_the_packet()
    {
        var lowered = await _fixture.ConfirmPersonAsync("Shy Person");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        await _fixture
            .Get<MySignatureStore>()
            .ChangeAsync(
                _fixture.Link(Campaigns.Crypto.LinkPurpose.Manage, lowered),
                new SignatureChange(Disclosure.Count, null)
            );
        Assert.Equal(PacketStatus.Stale, _fixture.Packets.Find(id)!.Status);
        await _fixture.Packets.RebuildAsync(_fixture.Packets.Find(id)!, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        Assert.Equal(new PacketCounts(1, 0, 0, 1, 0), _fixture.Packets.Find(id)!.Manifest!.Counts["GB"]);
        Assert.DoesNotContain(_fixture.Files(id).Keys, name =>
            name.StartsWith("signatures-", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Packet_contains_signers_from_before_and_after_a_root_key_rotation()
    {
        await _fixture.ConfirmPersonAsync("Sealed Early");
        await _fixture.RotateKeyAsync("root");
        await _fixture.ConfirmPersonAsync("Sealed Late");
        await _fixture.ConfirmPersonAsync("Sealed Last");
        var text = _fixture.VolumesText(await _fixture.BuildAsync(countries: ["GB"]));
        foreach (var name in (string[])["Sealed Early", "Sealed Late", "Sealed Last"])
            Assert.Equal(1, Occurrences(text, name));
    }

    [Fact]
    public async Task Recipient_added_later_sees_a_number()
    {
        await _fixture.ConfirmPersonAsync("Early Bird");
        await _fixture.SealAllAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE recipients SET added_at = @at WHERE key = 'embassy'",
                new { at = write.Now.ToUnixTimeMilliseconds() }
            )
        );
        await _fixture.ConfirmPersonAsync("Later Bird");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        Assert.Equal(new PacketCounts(2, 1, 0, 1, 0), _fixture.Packets.Find(id)!.Manifest!.Counts["GB"]);
        Assert.DoesNotContain("Early Bird", _fixture.VolumesText(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Highest_disclosure_of_the_recipient_is_the_limit()
    {
        await _fixture.ConfirmPersonAsync("Ola Hansen", Disclosure.Name, "NO", "Bergen");
        var id = await _fixture.BuildAsync("embassy-oslo");
        var packet = _fixture.Packets.Find(id)!;
        Assert.Equal((Disclosure.Initials, Disclosure.Name), (packet.Disclosure, packet.DisclosureAsked));
        var text = _fixture.VolumesText(id);
        Assert.Contains("O. H.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Hansen", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Bergen", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_are_ordered_by_day_and_not_by_ledger_number()
    {
        for (var i = 0; i < 20; i++)
            await _fixture.ConfirmPersonAsync($"Day One {(char)('A' + i)}");
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        for (var i = 0; i < 20; i++)
            await _fixture.ConfirmPersonAsync($"Day Two {(char)('A' + i)}");
        var csv = Encoding.UTF8.GetString(
            _fixture.Files(await _fixture.BuildAsync(countries: ["GB"], csv: true))["signatures.csv"]
        );
        var names = csv.Split("\r\n")[1..^1].Select(line => line.Split(',')[3].Trim('"')).ToList();
        Assert.All(names.Take(20), name => Assert.StartsWith("Day One", name, StringComparison.Ordinal));
        Assert.NotEqual(names.Take(20).Order(StringComparer.Ordinal), names.Take(20));
    }

    internal static int Occurrences(string text, string name) => text.Split(name).Length - 1;
}
