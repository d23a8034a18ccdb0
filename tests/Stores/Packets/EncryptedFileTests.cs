using System.Security.Cryptography;
using Campaigns.Db.Files;

namespace Campaigns.Tests.Stores.Packets;

public sealed class EncryptedFileTests : IDisposable
{
    private const int Chunk = 64 * 1024;
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("sealed-").FullName, "file");
    private readonly byte[] _key = EncryptedFile.NewKey();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData((3 * Chunk) + 17)]
    public void Encrypted_file_is_read_back(int length)
    {
        var clear = Write(length);
        using var stream = EncryptedFile.Open(_path, _key);
        var read = new byte[length];
        stream.ReadExactly(read);
        Assert.Equal(clear, read);
        Assert.Equal(length, stream.Length);
        Assert.Equal(0, stream.Read(new byte[1]));
    }

    [Fact]
    public void Range_is_read_from_any_offset()
    {
        var clear = Write((5 * Chunk) + 100);
        using var stream = EncryptedFile.Open(_path, _key);
        foreach (
            var (from, length) in ((int, int)[])
                [(4 * Chunk, 10), (Chunk - 5, 10), (0, 3), ((5 * Chunk) - 1, 101), (2 * Chunk, 2 * Chunk)]
        )
        {
            stream.Position = from;
            var read = new byte[length];
            stream.ReadExactly(read);
            Assert.Equal(clear[from..(from + length)], read);
        }
    }

    [Fact]
    public void Any_changed_byte_is_detected()
    {
        Write((2 * Chunk) + 5);
        var whole = File.ReadAllBytes(_path);
        foreach (var at in (int[])[0, 15, 16, Chunk, Chunk + 16, whole.Length - 1])
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 1;
            File.WriteAllBytes(_path, changed);
            Assert.ThrowsAny<CryptographicException>(ReadAll);
        }
    }

    [Fact]
    public void Truncated_file_is_refused()
    {
        Write((2 * Chunk) + 5);
        var whole = File.ReadAllBytes(_path);
        foreach (var length in (int[])[0, 10, 16, Chunk + 16, 2 * (Chunk + 16), whole.Length - 1])
        {
            File.WriteAllBytes(_path, whole[..length]);
            Assert.ThrowsAny<CryptographicException>(() => EncryptedFile.Open(_path, _key).Dispose());
        }
    }

    [Fact]
    public void Swapped_chunks_are_detected()
    {
        Write(3 * Chunk);
        var whole = File.ReadAllBytes(_path);
        const int Stored = Chunk + 16;
        File.WriteAllBytes(_path, [.. whole[Stored..(2 * Stored)], .. whole[..Stored], .. whole[(2 * Stored)..]]);
        Assert.ThrowsAny<CryptographicException>(ReadAll);
    }

    [Fact]
    public void Incomplete_file_is_refused()
    {
        using (var stream = EncryptedFile.Create(_path, _key))
            stream.Write(new byte[(2 * Chunk) + 5]);
        Assert.ThrowsAny<CryptographicException>(() => EncryptedFile.Open(_path, _key).Dispose());
    }

    [Fact]
    public void Another_key_does_not_decrypt()
    {
        Write(100);
        Assert.ThrowsAny<CryptographicException>(() => EncryptedFile.Open(_path, EncryptedFile.NewKey()).Dispose());
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private byte[] Write(int length)
    {
        var clear = RandomNumberGenerator.GetBytes(length);
        using var stream = EncryptedFile.Create(_path, _key);
        // In pieces that do not match the chunks.
        foreach (var piece in clear.Chunk(10_007))
            stream.Write(piece);
        stream.Complete();
        return clear;
    }

    private void ReadAll()
    {
        using var stream = EncryptedFile.Open(_path, _key);
        stream.CopyTo(Stream.Null);
    }
}
