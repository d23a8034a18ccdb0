using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Campaigns.Db.Files;

/// <summary>
/// The hash chain over the lines of a journal file. Each link is SHA-256 of the link before and the
/// line without its end. A last line without an end is not part of it yet.
/// </summary>
internal sealed class JournalChain
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];

    /// <summary>The bytes of the lines read so far.</summary>
    public long Length { get; private set; }

    /// <summary>The number of lines read so far.</summary>
    public long Sequence { get; private set; }

    /// <summary>The last link in hex; zeros for an empty file.</summary>
    public string Hash => Convert.ToHexStringLower(_hash);

    /// <summary>Reads the lines that the file has beyond those read so far.</summary>
    /// <param name="file">The file, open for reading.</param>
    /// <param name="eachLine">Called after each line.</param>
    public void ReadOn(SafeFileHandle file, Action? eachLine = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hash);
        var buffer = new byte[BufferSize];
        var at = Length;
        for (int read; (read = RandomAccess.Read(file, buffer, at)) > 0; at += read)
        {
            var rest = buffer.AsSpan(0, read);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                hash.AppendData(rest[..end]);
                hash.GetHashAndReset(_hash);
                hash.AppendData(_hash);
                Sequence++;
                Length = at + read - rest.Length + end + 1;
                eachLine?.Invoke();
            }
            hash.AppendData(rest);
        }
    }
}
