using System.IO.Compression;
using System.Security.Cryptography;
using Campaigns.Db.Packets;
using Campaigns.Packets;

namespace Campaigns.Worker.Packets;

/// <summary>
/// The files of a packet while it is built: each sealed in a temporary file under a key that is
/// only in memory, its size and hash known once it is complete. Disposing of the folder deletes it;
/// what a killed process leaves behind nobody can open.
/// </summary>
internal sealed class PacketStaging(string path) : IDisposable
{
    private readonly SortedDictionary<string, (string Path, byte[] Key, PacketFile File)> _parts = new(
        StringComparer.Ordinal
    );
    private int _count;

    /// <summary>
    /// Size and hash of every complete part, in the order of the ZIP: ordinal by name.
    /// </summary>
    public IReadOnlyList<PacketFile> Files => [.. _parts.Values.Select(part => part.File)];

    public void Write(string name, Action<Stream> write)
    {
        using var part = Begin(name);
        write(part.Stream);
        part.Complete();
    }

    /// <summary>For a part that is written beside others.</summary>
    public Part Begin(string name) => new(this, name, Path.Combine(path, $"{_count++}.part"));

    /// <summary>
    /// Puts all parts into one ZIP, sealed under <paramref name="key"/> and brought to the disk,
    /// and returns its path and its size when opened. The same parts make the same bytes: name
    /// order, one fixed date, nothing of this machine.
    /// </summary>
    public (string Path, long Bytes) Assemble(byte[] key)
    {
        var target = Path.Combine(path, "packet.part");
        using var stream = EncryptedFile.Create(target, key);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, part) in _parts)
            {
                // Deflated, not stored: a stream that cannot go back writes sizes behind the data, which some programs
                // only take of deflated entries.
                var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                entry.ExternalAttributes = 0x81A4 << 16;
                using var content = entry.Open();
                using var source = EncryptedFile.Open(part.Path, part.Key);
                source.CopyTo(content);
            }
        }
        stream.Complete();
        return (target, stream.Position);
    }

    public void Dispose()
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    internal sealed class Part : IDisposable
    {
        private readonly PacketStaging _folder;
        private readonly string _name;
        private readonly string _path;
        private readonly byte[] _key = EncryptedFile.NewKey();
        private readonly SHA256 _hash = SHA256.Create();
        private readonly EncryptingStream _sealed;
        private readonly CryptoStream _hashed;

        public Part(PacketStaging folder, string name, string path)
        {
            (_folder, _name, _path) = (folder, name, path);
            _sealed = EncryptedFile.Create(path, _key);
            _hashed = new CryptoStream(_sealed, _hash, CryptoStreamMode.Write, leaveOpen: true);
        }

        public Stream Stream => _hashed;

        public void Complete()
        {
            _hashed.FlushFinalBlock();
            // A power cut takes the key along: nothing here is worth waiting for the disk.
            _sealed.Complete(toDisk: false);
            _folder._parts.Add(
                _name,
                (_path, _key, new PacketFile(_name, _sealed.Position, Convert.ToHexStringLower(_hash.Hash!)))
            );
        }

        public void Dispose()
        {
            _hashed.Dispose();
            _sealed.Dispose();
            _hash.Dispose();
        }
    }
}
