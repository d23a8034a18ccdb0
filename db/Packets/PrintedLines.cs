using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Db.Files;

namespace Campaigns.Db.Packets;

/// <summary>
/// The file beside a packet that says which signature stands on which printed line: the ids in
/// printed order, eight bytes each, little-endian. It outlasts the packet's file, because staff
/// look up a line of a packet that is already on paper.
/// </summary>
public static class PrintedLines
{
    private const int IdLength = sizeof(long);

    /// <summary>
    /// The key of the file of one build. It is derived, so that the file can be read while the
    /// packet's row exists; no other build has the same, because each signature is random.
    /// </summary>
    /// <param name="lineKey">The key that orders the lines of the packet.</param>
    /// <param name="attempt">The attempt that built the packet.</param>
    /// <param name="jws">The signed manifest of that build.</param>
    public static byte[] DeriveKey(byte[] lineKey, int attempt, string jws) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            lineKey,
            outputLength: 32,
            salt: SHA256.HashData(Encoding.ASCII.GetBytes(jws)),
            info: Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"campaign-printed-lines-v1\n{attempt}")
            )
        );

    /// <summary>Writes a new file and flushes it to the disk.</summary>
    /// <param name="path">The file, which does not exist.</param>
    /// <param name="key">A key that encrypts no other file.</param>
    /// <param name="write">Adds the ids in printed order.</param>
    public static void Write(string path, byte[] key, Action<IdSink> write)
    {
        using var stream = EncryptedFile.Create(path, key);
        write(ids =>
        {
            Span<byte> bytes = stackalloc byte[IdLength];
            foreach (var id in ids)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, id);
                stream.Write(bytes);
            }
        });
        stream.Complete();
    }

    /// <summary>
    /// The id of the line at an index from 0; null if the file has no such line, is missing, or is
    /// of another build.
    /// </summary>
    public static long? Find(string path, byte[] key, long index)
    {
        try
        {
            using var stream = EncryptedFile.Open(path, key);
            if (index < 0 || index >= stream.Length / IdLength)
                return null;
            stream.Position = index * IdLength;
            Span<byte> bytes = stackalloc byte[IdLength];
            stream.ReadExactly(bytes);
            return BinaryPrimitives.ReadInt64LittleEndian(bytes);
        }
        catch (Exception error) when (error is FileNotFoundException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Takes ids that follow those before.</summary>
    public delegate void IdSink(ReadOnlySpan<long> ids);
}
