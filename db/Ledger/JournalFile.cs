using System.Globalization;
using System.Text;

namespace Campaigns.Db.Ledger;

/// <summary>
/// One of the journal's files. Processes that share it take turns by a lock file beside it.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private readonly FileStream _file;
    private readonly FileLock _turn;

    /// <summary>Opens or makes <c>journal.jsonl</c>, <c>journal-2.jsonl</c> and so on.</summary>
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
            _turn = new FileLock(Path.Combine(folder, name + ".lock"));
            if (RandomAccess.GetLength(_file.SafeFileHandle) == 0)
                DirectoryFsync.Fsync(folder);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Brings lines to the disk; false when another process is about to write.</summary>
    public bool TryAppend(string lines)
    {
        if (!_turn.TryAcquire())
            return false;
        try
        {
            Append(lines);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _turn?.Dispose();
    }

    private void Append(string lines)
    {
        // Another process may have written since; and a line that a crash tore must not swallow the next one.
        var file = _file.SafeFileHandle;
        var end = RandomAccess.GetLength(file);
        Span<byte> last = stackalloc byte[1];
        var torn = end > 0 && RandomAccess.Read(file, last, end - 1) == 1 && last[0] != '\n';
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(torn ? "\n" + lines : lines), end);
        RandomAccess.FlushToDisk(file);
    }
}
