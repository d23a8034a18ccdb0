using System.Text;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Packets;

public sealed class ManifestTests
{
    [Fact]
    public void Keys_are_in_the_order_of_the_contract()
    {
        using var packet = new SamplePacket();
        var manifest = packet.Manifest with { Recipient = "Посольство <1>" };
        string[] keys =
        [
            "packet",
            "campaign",
            "texts",
            "locale",
            "version",
            "hash",
            "confirmed",
            "recipient",
            "countries",
            "disclosure",
            "disclosureAsked",
            "cutOff",
            "size",
            "root",
            "counts",
            "GB",
            "confirmed",
            "name",
            "initials",
            "count",
            "removedSince",
            "files",
            "name",
            "bytes",
            "sha256",
            "name",
            "bytes",
            "sha256",
            "createdAt",
            "renderer",
        ];
        var text = Encoding.UTF8.GetString(manifest.ToJson());
        Assert.Equal(
            keys,
            text.Split('\n')
                .Where(line => line.Contains("\":", StringComparison.Ordinal))
                .Select(line => line.Split('"')[1])
        );
        Assert.Contains("\"Посольство <1>\"", text, StringComparison.Ordinal);
        Assert.Contains("\"createdAt\": \"2019-05-17T09:00:00.000Z\"", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void Countries_are_written_in_ordinal_order()
    {
        using var packet = new SamplePacket();
        var one = packet.Manifest with
        {
            Counts = new Dictionary<string, PacketCounts> { ["ZZ"] = new(1, 0, 0, 1, 0), ["GB"] = new(2, 0, 1, 0, 1) },
        };
        var other = packet.Manifest with { Counts = one.Counts.Reverse().ToDictionary() };
        Assert.Equal(one.ToJson(), other.ToJson());
    }

    [Fact]
    public void Manifest_is_read_back_in_its_canonical_form_only()
    {
        using var packet = new SamplePacket();
        var bytes = packet.Manifest.ToJson();
        Assert.Equal(bytes, Manifest.Parse(bytes)!.ToJson());
        Assert.Null(Manifest.Parse(bytes.AsMemory(0, bytes.Length - 1)));
        Assert.Null(Manifest.Parse(Encoding.UTF8.GetBytes("{}")));
        Assert.Null(Manifest.Parse(Array.Empty<byte>()));
        var changed = Encoding
            .UTF8.GetString(bytes)
            .Replace("\"confirmed\": 2", "\"confirmed\": 9223372036854775807", StringComparison.Ordinal);
        Assert.Null(Manifest.Parse(Encoding.UTF8.GetBytes(changed)));
    }
}
