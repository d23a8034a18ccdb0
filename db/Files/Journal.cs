namespace Campaigns.Db.Files;

/// <summary>
/// Append-only files outside the database, for changes that must survive a restored backup. Lines
/// of JSON contain ids and public heads only, and are on disk before the call returns. Processes
/// that share the folder write to the first unlocked file, so that a paused process does not block
/// the others. All files named <c>journal*.jsonl</c> together are the journal; operators add the
/// files of other machines by copying them into the folder.
/// </summary>
public sealed class Journal : IDisposable
{
    // More than the processes that append at once. The limit stops a file system without locks from filling with files.
    private const int MaxFiles = 64;

    private readonly string _installation;
    private readonly JournalScan _scan;
    private readonly List<JournalFile> _files = [];
    private readonly Lock _gate = new();

    /// <summary>Opens the journal of a data folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="installation">The id of this machine.</param>
    /// <param name="scan">What the folder has already.</param>
    internal Journal(string folder, string installation, JournalScan scan)
    {
        (Folder, _installation, _scan) = (folder, installation, scan);
        // Creates the first file now, so that a process that cannot write here fails at start.
        _files.Add(OpenFile(1));
    }

    /// <summary>The data folder.</summary>
    internal string Folder { get; }

    /// <summary>
    /// Appends lines before the commit that relies on them; returns null without lines. The caller
    /// disposes of the result after its commit, which stores the position.
    /// </summary>
    internal JournalAppend? Append(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return null;
        lock (_gate)
        {
            for (var i = 0; i < MaxFiles; i++)
            {
                if (i == _files.Count)
                    _files.Add(OpenFile(i + 1));
                if (_files[i].TryAppend(lines))
                    return new JournalAppend(_files[i], _installation);
            }
        }
        throw new TimeoutException("All journal files are locked by other processes.");
    }

    /// <summary>Reads the whole journal; called at start.</summary>
    public JournalReplay Read() => Read(Folder);

    /// <summary>Reads the journal of a folder.</summary>
    internal static JournalReplay Read(string folder) =>
        JournalLine.Read(JournalScan.Paths(folder).SelectMany(ReadLines));

    /// <summary>Files that were lost while this process ran.</summary>
    internal IReadOnlyList<string> FindLost()
    {
        lock (_gate)
            return [.. _files.Where(file => file.IsLost).Select(file => file.Name)];
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        using var file = PrivateFiles.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private JournalFile OpenFile(int number) =>
        new(Folder, number, _scan.Files.GetValueOrDefault(JournalFile.NameOf(number)));
}
