using System.Text;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Reads a published ledger line by line, byte for byte as it was served: every line ends with one
/// line feed, and a byte outside ASCII comes out as a character that no entry has.
/// </summary>
internal static class LedgerFileReader
{
    private const int AtOnce = 1 << 16;

    // Several times the longest entry; a file without line ends must not be read into memory whole.
    private const int Longest = 1_024;

    /// <exception cref="ImportRefusedException">A line that is too long, a last one that was cut
    /// off, or a file that cannot be read.</exception>
    public static IEnumerable<string> Read(Stream file)
    {
        var buffer = new byte[AtOnce];
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
            if (end - start > Longest)
                throw new ImportRefusedException($"Line {count} of the file is no ledger entry.");
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            var read = ReadMore(file, buffer.AsSpan(end));
            if (read == 0)
                break;
            end += read;
        }
        if (end > start)
            throw new ImportRefusedException($"The file is cut off in its last line, after {count} whole ones.");
    }

    // The lines are read while the database writes: its writer would take the file's failure for the disk's own.
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
