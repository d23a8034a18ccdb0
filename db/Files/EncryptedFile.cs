using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Campaigns.Db.Files;

/// <summary>
/// A file encrypted in chunks of 64 KB with AES-256-GCM under the file's own key. The nonce is the
/// chunk number, which is safe because a key encrypts one file once. The chunk number and a flag
/// for the last chunk are associated data, so that a reordered, changed or missing chunk is
/// detected.
/// </summary>
public static class EncryptedFile
{
    internal const int Chunk = 64 * 1024;
    internal const int Tag = 16;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(32);

    /// <summary>
    /// A new file, written sequentially. It can be decrypted only after
    /// <see cref="EncryptingStream.Complete"/>.
    /// </summary>
    public static EncryptingStream Create(string path, byte[] key) =>
        new(PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write), key);

    /// <summary>
    /// A seekable stream. Throws <see cref="CryptographicException"/> here if the file is
    /// truncated, and while reading if bytes were changed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="key">Its key.</param>
    /// <param name="start">Where the chunks begin, after what is not encrypted.</param>
    public static Stream Open(string path, byte[] key, long start = 0) =>
        new DecryptingStream(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0),
            key,
            start
        );

    internal static void Nonce(Span<byte> nonce, long chunk) => BinaryPrimitives.WriteInt64BigEndian(nonce[4..], chunk);

    internal static void AssociatedData(Span<byte> data, long chunk, bool last)
    {
        BinaryPrimitives.WriteInt64BigEndian(data, chunk);
        data[8] = last ? (byte)1 : (byte)0;
    }
}
