using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Campaigns.Crypto;
using Campaigns.Packets;

namespace Campaigns.Api.Commands;

/// <summary>
/// Reads an untrusted packet. No entry is unpacked beyond the size in the manifest, unlisted
/// entries are not unpacked, and no file is written.
/// </summary>
internal static class PacketZip
{
    private const int LargestManifest = 16 << 20;
    private const int MostEntries = 10_000;

    // Limits how far a crafted ZIP can expand. A real packet compresses far less, even if it was packed again.
    private const int MostExpansion = 200;

    /// <summary>
    /// Throws <see cref="InvalidDataException"/> if the file is not a ZIP with a packet's
    /// structure.
    /// </summary>
    public static PacketEvidence Read(Stream zip, JwkSet? keys, IEnumerable<string>? ledger, X509Certificate2? trusted)
    {
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.Count > MostEntries)
            throw new InvalidDataException($"It has more than {MostEntries} entries.");
        var manifestBytes = Small(archive, Manifest.FileName);
        var signature = Small(archive, Manifest.SignatureFileName);
        var manifest = manifestBytes is null ? null : Manifest.Parse(manifestBytes);
        if (manifest is not null && manifest.Files.Sum(file => file.Bytes) > zip.Length * MostExpansion)
            throw new InvalidDataException("Its manifest lists far more than the file can hold.");

        var listed = (manifest?.Files ?? [])
            .DistinctBy(file => file.Name)
            .ToDictionary(file => file.Name, file => file.Bytes, StringComparer.Ordinal);
        return new PacketEvidence
        {
            Manifest = manifestBytes,
            ManifestJws = signature is null ? null : Encoding.Latin1.GetString(signature).TrimEnd('\r', '\n'),
            Files =
            [
                .. archive
                    .Entries.Where(entry =>
                        entry.FullName is not (Manifest.FileName or Manifest.SignatureFileName)
                        && !AsicContainer.IsPart(entry.FullName)
                    )
                    .Select(entry =>
                        listed.TryGetValue(entry.FullName, out var bytes)
                            ? Measure(entry, bytes)
                            : new PacketFile(entry.FullName, entry.Length, "")
                    ),
            ],
            Container = Container(archive, manifestBytes, signature, trusted),
            Keys = keys,
            Ledger = ledger,
        };
    }

    private static ContainerEvidence Container(
        ZipArchive archive,
        byte[]? manifest,
        byte[]? signature,
        X509Certificate2? trusted
    )
    {
        var list = Small(archive, AsicContainer.ManifestName);
        var seal = Small(archive, AsicContainer.SignatureName);
        return new()
        {
            MimeType = Small(archive, AsicContainer.MimeTypeName) is { } type ? Encoding.Latin1.GetString(type) : null,
            Manifest = list,
            Seal = list is null || seal is null ? null : PacketSealReader.Read(seal, list, trusted),
            Manifests =
            [
                .. manifest is null ? Array.Empty<PacketFile>() : [Describe(Manifest.FileName, manifest)],
                .. signature is null ? Array.Empty<PacketFile>() : [Describe(Manifest.SignatureFileName, signature)],
            ],
        };
    }

    private static PacketFile Describe(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static byte[]? Small(ZipArchive archive, string name)
    {
        var entries = archive.Entries.Where(entry => entry.FullName == name).ToList();
        if (entries.Count == 0)
            return null;
        if (entries.Count > 1)
            throw new InvalidDataException($"It has {name} more than once.");
        using var stream = entries[0].Open();
        using var bytes = new MemoryStream();
        Copy(stream, bytes, LargestManifest + 1);
        return bytes.Length <= LargestManifest
            ? bytes.ToArray()
            : throw new InvalidDataException($"Its {name} is too large.");
    }

    /// <summary>
    /// Size and hash. An entry that is longer than listed is read only one byte past the listed
    /// size.
    /// </summary>
    private static PacketFile Measure(ZipArchiveEntry entry, long listed)
    {
        try
        {
            using var stream = entry.Open();
            using var hash = SHA256.Create();
            using var sink = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write);
            var bytes = Copy(stream, sink, listed + 1);
            sink.FlushFinalBlock();
            return new PacketFile(entry.FullName, bytes, Convert.ToHexStringLower(hash.Hash!));
        }
        catch (InvalidDataException)
        {
            // A damaged entry never matches the manifest.
            return new PacketFile(entry.FullName, -1, "");
        }
    }

    private static long Copy(Stream from, Stream to, long most)
    {
        var buffer = new byte[81_920];
        long copied = 0;
        while (copied < most && from.Read(buffer, 0, (int)Math.Min(buffer.Length, most - copied)) is var read and > 0)
        {
            to.Write(buffer, 0, read);
            copied += read;
        }
        return copied;
    }
}
