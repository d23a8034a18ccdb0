using System.Text;
using Campaigns.Db.Ledger;

namespace Campaigns.Db.Operations;

/// <summary>
/// Reads a published ledger line by line, with the exact bytes that were served. Every line ends
/// with one line feed; a byte outside ASCII becomes a character that no entry contains.
/// </summary>
internal static class LedgerFileReader
{
    private const int BufferSize = 1 << 16;

    // Several times the longest entry. The limit stops a file without line feeds from filling the memory.
    private const int MaxLineLength = 1_024;

    /// <exception cref="ImportRefusedException">A line is too long, the last line is cut off, or
    /// the file cannot be read.</exception>
    public static IEnumerable<string> Read(Stream file)
    {
        var buffer = new byte[BufferSize];
        var (start, end, count) = (0, 0, 0L);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return Encoding.Latin1.GetString(buffer, start, length);
                start += length + 1;
                count++;
                continue;
            }
            if (end - start > MaxLineLength)
                throw new ImportRefusedException($"Line {count} of the file is no ledger entry.");
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            var read = ReadMore(file, buffer.AsSpan(end));
            if (read == 0)
                break;
            end += read;
        }
        if (end > start)
            throw new ImportRefusedException(
                $"The last line of the file is cut off, after {Plural.Count(count, "complete line")}."
            );
    }

    // The file is read inside the writer's transaction. The writer would handle an IOException as a failure of the
    // database's disk.
    private static int ReadMore(Stream file, Span<byte> into)
    {
        try
        {
            return file.Read(into);
        }
        catch (IOException error)
        {
            throw new ImportRefusedException($"The file cannot be read: {error.Message}");
        }
    }
}
