using System.Text;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Packets;

public sealed class ContainerVerificationTests : IDisposable
{
    private readonly SamplePacket _packet = new();

    public void Dispose() => _packet.Dispose();

    [Fact]
    public void Container_without_a_part_or_with_another_list_fails()
    {
        var evidence = _packet.Evidence();
        Fails(container => container with { MimeType = null });
        Fails(container => container with { MimeType = "application/zip" });
        Fails(container => container with { Manifest = null });
        Fails(container => container with { Manifest = "<asic/>"u8.ToArray() });
        Fails(container => container with { Manifest = AsicManifest.Write(evidence.Files) });
        Fails(container => container with { Manifest = AsicManifest.Write([.. evidence.Files, .. evidence.Files]) });
        Fails(container => container with { Manifests = [] });
        Fails(container => container with { Seal = null });
        Fails(container => container with { Seal = container.Seal! with { Holds = false } });
        Fails(container => container with { Seal = container.Seal! with { Stamp = new(Holds: false, default) } });

        void Fails(Func<ContainerEvidence, ContainerEvidence> change) =>
            Assert.Equal(CheckResult.False, Check(evidence with { Container = change(evidence.Container) }).Result);
    }

    [Theory]
    [InlineData("campaign-packet/5 harfbuzz/8.3.1 dotnet/10.0.0", CheckResult.Unchecked)]
    [InlineData("campaign-packet/6 harfbuzz/8.3.1 dotnet/10.0.0", CheckResult.False)]
    [InlineData("campaign-packet/x", CheckResult.False)]
    [InlineData("5", CheckResult.False)]
    public void Packet_without_a_container_is_believed_only_if_it_is_older(string renderer, CheckResult expected)
    {
        _packet.Manifest = _packet.Manifest with { Renderer = renderer };
        var evidence = _packet.Evidence();
        var none = evidence.Container with { MimeType = null, Manifest = null, Seal = null };
        Assert.Equal(expected, Check(evidence with { Container = none }).Result);
        // A part of a container is the rest of one.
        var rest = none with { MimeType = AsicContainer.MimeType };
        Assert.Equal(CheckResult.False, Check(evidence with { Container = rest }).Result);
    }

    [Fact]
    public void Changed_missing_or_added_file_is_noticed_by_the_container_too()
    {
        var evidence = _packet.Evidence();
        foreach (
            var files in (PacketFile[][])
                [
                    [evidence.Files[0]],
                    [evidence.Files[0], evidence.Files[1] with { Sha256 = evidence.Files[0].Sha256 }],
                    [.. evidence.Files, new("more.pdf", 0, new string('0', 64))],
                ]
        )
            Assert.Equal(CheckResult.False, Check(evidence with { Files = files }).Result);
    }

    [Fact]
    public void Signer_is_known_by_a_published_key_or_a_trusted_certificate()
    {
        var evidence = _packet.Evidence();
        Assert.Equal(CheckResult.True, Check(evidence).Result);
        var unknown = evidence with { Container = WithSeal(seal => seal with { Kid = null }) };
        Assert.Equal(CheckResult.Unchecked, Check(unknown).Result);
        Assert.Contains(new string('0', 64), Check(unknown).Sentence, StringComparison.Ordinal);
        Assert.Equal(CheckResult.Unchecked, Check(evidence with { Keys = null }).Result);
        var trusted = evidence with { Container = WithSeal(seal => seal with { Kid = null, IsTrusted = true }) };
        Assert.Equal(CheckResult.True, Check(trusted).Result);
        var at = new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);
        var stamped = evidence with { Container = WithSeal(seal => seal with { Stamp = new(Holds: true, at) }) };
        Assert.Contains("2019-05-17T09:00:00", Check(stamped).Sentence, StringComparison.Ordinal);

        ContainerEvidence WithSeal(Func<SealEvidence, SealEvidence> change) =>
            evidence.Container with
            {
                Seal = change(evidence.Container.Seal!),
            };
    }

    [Fact]
    public void List_of_the_container_is_read_as_written_and_nothing_else_is_read()
    {
        var files = _packet.Evidence().Files;
        var written = AsicManifest.Write(files);
        Assert.Equal(files.ToDictionary(file => file.Name, file => file.Sha256), AsicManifest.Parse(written));
        var text = Encoding.UTF8.GetString(written);
        foreach (
            var other in (string[])
                [
                    "",
                    text[..(text.Length / 2)],
                    text.Replace("xmlenc#sha256", "xmlenc#sha1", StringComparison.Ordinal),
                    text.Replace("signature001", "signature002", StringComparison.Ordinal),
                    text.Replace("<asic:ASiC", "<!DOCTYPE a [<!ENTITY b 'c'>]><asic:ASiC", StringComparison.Ordinal),
                ]
        )
            Assert.Null(AsicManifest.Parse(Encoding.UTF8.GetBytes(other)));
    }

    private static PacketCheck Check(PacketEvidence evidence) =>
        PacketVerification.Check(evidence).Single(check => check.Subject == "container");
}
