using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Campaigns.Db.Files;

/// <summary>
/// One file of the journal. Processes that share it use a lock file beside it.
/// </summary>
internal sealed partial class JournalFile : IDisposable
{
    // The kernel's lock does not exclude two databases in one process.
    private static readonly ConcurrentDictionary<string, JournalFile> _locked = new(StringComparer.Ordinal);

    private readonly string _path;
    private readonly FileStream _file;
    private readonly FileLock _lock;
    private readonly JournalChain _chain;

    /// <summary>Opens or creates a file of the journal.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="number">The number in <see cref="NameOf"/>.</param>
    /// <param name="known">How far the file was read already; null for nothing.</param>
    public JournalFile(string folder, int number, JournalChain? known)
    {
        Name = NameOf(number);
        _path = Path.GetFullPath(Path.Combine(folder, Name));
        _chain = known ?? new JournalChain();
        _file = PrivateFiles.Open(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            _lock = new FileLock(Path.ChangeExtension(_path, ".lock"));
            if (RandomAccess.GetLength(_file.SafeFileHandle) == 0)
                DirectoryFsync.Fsync(folder);
            _chain.ReadOn(_file.SafeFileHandle);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    /// <summary>True once the file was deleted, replaced or cut off beside this process.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The number of lines of this file, as far as this process knows.</summary>
    public long Sequence => _chain.Sequence;

    /// <summary>The hash chain over these lines.</summary>
    public string Hash => _chain.Hash;

    /// <summary><c>journal.jsonl</c>, <c>journal-2.jsonl</c> and so on.</summary>
    public static string NameOf(int number) =>
        number == 1 ? "journal.jsonl" : string.Create(CultureInfo.InvariantCulture, $"journal-{number}.jsonl");

    /// <summary>True for a name that processes write to; other files were copied here.</summary>
    public static bool IsWritten(string name) => WrittenName().IsMatch(name);

    /// <summary>Brings what other processes wrote to a file onto the disk.</summary>
    public static void Fsync(string folder, string name)
    {
        using var file = new FileStream(
            Path.Combine(folder, name),
            FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.ReadWrite
        );
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Appends lines and fsyncs. True: this process has the file's lock until
    /// <see cref="Release"/>. False: another process has it, or <see cref="IsLost"/>.
    /// </summary>
    public bool TryAppend(IReadOnlyList<string> lines)
    {
        if (IsLost || !TryLock())
            return false;
        try
        {
            if (IsWhole())
            {
                Append(lines);
                return true;
            }
        }
        catch
        {
            Release();
            throw;
        }
        IsLost = true;
        Release();
        return false;
    }

    /// <summary>Lets other processes append.</summary>
    public void Release()
    {
        _lock.Release();
        _locked.TryRemove(_path, out _);
    }

    public void Dispose()
    {
        _file.Dispose();
        _lock?.Dispose();
    }

    private bool TryLock()
    {
        if (!_locked.TryAdd(_path, this))
            return false;
        if (_lock.TryAcquire())
            return true;
        _locked.TryRemove(_path, out _);
        return false;
    }

    // A lost file would lose the next lines too. The next start is refused.
    private bool IsWhole()
    {
        var length = RandomAccess.GetLength(_file.SafeFileHandle);
        var stored = new FileInfo(_path);
        return stored.Exists && stored.Length == length && length >= _chain.Length;
    }

    private void Append(IReadOnlyList<string> lines)
    {
        // Another process may have written. A line that a crash cut off is ended first, so that the next line stays
        // readable.
        var file = _file.SafeFileHandle;
        _chain.ReadOn(file);
        var end = RandomAccess.GetLength(file);
        var text = new StringBuilder(end > _chain.Length ? "\n" : "");
        foreach (var line in lines)
            text.Append(line).Append('\n');
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text.ToString()), end);
        RandomAccess.FlushToDisk(file);
        _chain.ReadOn(file);
    }

    [GeneratedRegex(@"^journal(-[1-9][0-9]*)?\.jsonl$")]
    private static partial Regex WrittenName();
}
