using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Campaigns.Db.Packets;

/// <summary>
/// A file at rest that only its key opens: chunks of 64 KB, each sealed with AES-256-GCM under the
/// file's own key. The nonce is the chunk's number, which is safe because a key seals one file
/// once; number and a mark on the last chunk are associated data, so that a chunk moved, changed or
/// missing, at the end too, is noticed.
/// </summary>
public static class EncryptedFile
{
    internal const int Chunk = 64 * 1024;
    internal const int Tag = 16;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(32);

    /// <summary>
    /// A new file to write front to back. It opens later only if
    /// <see cref="EncryptingStream.Complete"/> was called.
    /// </summary>
    public static EncryptingStream Create(string path, byte[] key) =>
        new(PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write), key);

    /// <summary>
    /// A stream that can seek. Throws <see cref="CryptographicException"/> here when the end is not
    /// the end that was written, and while reading where bytes were changed.
    /// </summary>
    public static Stream Open(string path, byte[] key) =>
        new DecryptingStream(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0),
            key
        );

    internal static void Nonce(Span<byte> nonce, long chunk) => BinaryPrimitives.WriteInt64BigEndian(nonce[4..], chunk);

    internal static void AssociatedData(Span<byte> data, long chunk, bool last)
    {
        BinaryPrimitives.WriteInt64BigEndian(data, chunk);
        data[8] = last ? (byte)1 : (byte)0;
    }
}
