using System.Security.Cryptography;
using System.Text;
using Campaigns.Db.Files;
using Campaigns.Packets;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// The files of a packet during the build. Each is a temporary file encrypted with a key that is
/// only in memory, so files left by a killed process cannot be decrypted. Size and hash are known
/// once a file is complete. Disposing deletes the folder.
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

    /// <summary>The path for the file of printed lines, which is no part of the ZIP.</summary>
    public string LinesPath => Path.Combine(path, "packet.lines");

    public void Write(string name, Action<Stream> write)
    {
        using var part = Begin(name);
        write(part.Stream);
        part.Complete();
    }

    /// <summary>Begins a part that is written while other parts are written.</summary>
    public Part Begin(string name) => new(this, name, Path.Combine(path, $"{_count++}.part"));

    /// <summary>
    /// Puts all parts into one ZIP after the name of its format, encrypts it with
    /// <paramref name="key"/>, flushes it to the disk, and returns its path and its plain size. The
    /// same parts make the same bytes: ordered by name, with one fixed date, and without properties
    /// of the machine.
    /// </summary>
    public (string Path, long Bytes) Assemble(byte[] key)
    {
        var target = Path.Combine(path, "packet.part");
        using var stream = EncryptedFile.Create(target, key);
        var zip = new ZipWriter(stream);
        // Programs know the format of a container by its first bytes.
        zip.Store(AsicContainer.MimeTypeName, Encoding.ASCII.GetBytes(AsicContainer.MimeType));
        foreach (var (name, part) in _parts)
        {
            using var source = EncryptedFile.Open(part.Path, part.Key);
            zip.Deflate(name, source, part.File.Bytes);
        }
        zip.Finish();
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
        private readonly EncryptingStream _encrypted;
        private readonly CryptoStream _hashed;

        public Part(PacketStaging folder, string name, string path)
        {
            (_folder, _name, _path) = (folder, name, path);
            _encrypted = EncryptedFile.Create(path, _key);
            _hashed = new CryptoStream(_encrypted, _hash, CryptoStreamMode.Write, leaveOpen: true);
        }

        public Stream Stream => _hashed;

        public void Complete()
        {
            _hashed.FlushFinalBlock();
            // Not flushed to the disk, because a power cut loses the key too.
            _encrypted.Complete(toDisk: false);
            _folder._parts.Add(
                _name,
                (_path, _key, new PacketFile(_name, _encrypted.Position, Convert.ToHexStringLower(_hash.Hash!)))
            );
        }

        public void Dispose()
        {
            _hashed.Dispose();
            _encrypted.Dispose();
            _hash.Dispose();
        }
    }
}
