using System.Security.Cryptography;
using System.Text;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Ledger;
using Campaigns.Packets;
using Campaigns.Worker.Packets.Seal;

namespace Campaigns.Tests.Infrastructure;

/// <summary>A small, genuine packet with its ledger; tests can change every part of it.</summary>
internal sealed class SamplePacket : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SamplePacket()
    {
        Lines =
        [
            LedgerLine.OfAdd(0, "GB", SHA256.HashData([0])).Text,
            LedgerLine.OfAdd(1, "NL", SHA256.HashData([1])).Text,
            LedgerLine.OfAdd(2, "GB", SHA256.HashData([2])).Text,
            LedgerLine.OfRemove(3, 0, "GB", LedgerLine.BySigner).Text,
            LedgerLine.OfAdd(4, "GB", SHA256.HashData([4])).Text,
            LedgerLine.OfAdd(5, "ZZ", SHA256.HashData([5])).Text,
            // The cut-off is here; the lines below are later.
            LedgerLine.OfRemove(6, 2, "GB", LedgerLine.Invalidated).Text,
        ];
        Files = new(StringComparer.Ordinal)
        {
            ["READ-ME.txt"] = Encoding.UTF8.GetBytes("How to check this."),
            ["signatures-GB-001.pdf"] = Encoding.UTF8.GetBytes("%PDF-1.7 …"),
        };
        Manifest = new Manifest
        {
            Packet = "1234567890",
            Campaign = "chechnya-2019",
            Texts = [new("en", 1, new string('a', 64), 2)],
            Recipient = "embassy-london",
            Countries = ["GB"],
            Disclosure = Disclosure.Initials,
            DisclosureAsked = Disclosure.Name,
            CutOff = new CutOff(6, Root(6)),
            Counts = new Dictionary<string, PacketCounts> { ["GB"] = new(2, 0, 1, 0, 1) },
            Files = [.. Files.Select(file => Describe(file.Key, file.Value))],
            CreatedAt = new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            Renderer = "campaign/1",
        };
    }

    public Manifest Manifest { get; set; }
    public Dictionary<string, byte[]> Files { get; }
    public List<string> Lines { get; }
    public JwkSet Keys => new JwkSet().Add(_key);

    public void Dispose() => _key.Dispose();

    public string Root(int size)
    {
        var tree = new CompactRange();
        foreach (var line in Lines.Take(size))
            tree.Add(MerkleTree.Leaf(Encoding.UTF8.GetBytes(line)));
        return Convert.ToHexStringLower(tree.Root());
    }

    /// <summary>The parts of the container around these files.</summary>
    public Dictionary<string, byte[]> Container(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        var list = AsicManifest.Write(
            files.DistinctBy(file => file.Key).Select(file => Describe(file.Key, file.Value))
        );
        using var seal = SealCertificate.Of(SigningKey.FromPkcs8(_key.ExportPkcs8PrivateKey(), Manifest.CreatedAt));
        return new(StringComparer.Ordinal)
        {
            [AsicContainer.MimeTypeName] = Encoding.ASCII.GetBytes(AsicContainer.MimeType),
            [AsicContainer.ManifestName] = list,
            [AsicContainer.SignatureName] = PacketSeal.Compute(list, seal, Manifest.CreatedAt).Encode(),
        };
    }

    public string Sign() => Sign(Manifest.ToJson());

    public string Sign(byte[] manifest) => Jws.Sign(manifest, _key, Thumbprint);

    public PacketEvidence Evidence()
    {
        var (manifest, jws) = (Manifest.ToJson(), Sign());
        List<PacketFile> files = [.. Files.Select(file => Describe(file.Key, file.Value))];
        List<PacketFile> manifests =
        [
            Describe(Manifest.FileName, manifest),
            Describe(Manifest.SignatureFileName, Encoding.ASCII.GetBytes(jws)),
        ];
        return new()
        {
            Manifest = manifest,
            ManifestJws = jws,
            Files = files,
            Container = new()
            {
                MimeType = AsicContainer.MimeType,
                Manifest = AsicManifest.Write(files.Concat(manifests)),
                Seal = new(Holds: true, Thumbprint, new string('0', 64), IsTrusted: false, null),
                Manifests = manifests,
            },
            Keys = Keys,
            Ledger = Lines,
        };
    }

    private string Thumbprint => JwkSet.Thumbprint(_key.ExportParameters(includePrivateParameters: false));

    private static PacketFile Describe(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
}
