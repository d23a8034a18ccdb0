using System.Globalization;
using System.Text;

namespace Campaigns.Db.Files;

/// <summary>
/// One file of the journal. Processes that share it use a lock file beside it.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private readonly FileStream _file;
    private readonly FileLock _lock;

    /// <summary>Opens or creates <c>journal.jsonl</c>, <c>journal-2.jsonl</c> and so on.</summary>
    public JournalFile(string folder, int number)
    {
        var name = number == 1 ? "journal" : string.Create(CultureInfo.InvariantCulture, $"journal-{number}");
        _file = PrivateFiles.Open(
            Path.Combine(folder, name + ".jsonl"),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.ReadWrite
        );
        try
        {
            _lock = new FileLock(Path.Combine(folder, name + ".lock"));
            if (RandomAccess.GetLength(_file.SafeFileHandle) == 0)
                DirectoryFsync.Fsync(folder);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Appends lines and fsyncs; false if another process has the lock.</summary>
    public bool TryAppend(string lines)
    {
        if (!_lock.TryAcquire())
            return false;
        try
        {
            Append(lines);
            return true;
        }
        finally
        {
            _lock.Release();
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _lock?.Dispose();
    }

    private void Append(string lines)
    {
        // The end is read each time, because another process may have written. A line that a crash cut off is ended
        // first, so that the next line stays readable.
        var file = _file.SafeFileHandle;
        var end = RandomAccess.GetLength(file);
        Span<byte> last = stackalloc byte[1];
        var isCutOff = end > 0 && RandomAccess.Read(file, last, end - 1) == 1 && last[0] != '\n';
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(isCutOff ? "\n" + lines : lines), end);
        RandomAccess.FlushToDisk(file);
    }
}
