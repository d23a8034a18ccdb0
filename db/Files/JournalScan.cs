namespace Campaigns.Db.Files;

/// <summary>
/// The journal files of a folder up to their last whole line, and which of some known positions
/// they have. A position is found by its lines, whatever the name of the file is: operators copy
/// files of other machines under other names.
/// </summary>
internal sealed class JournalScan
{
    private readonly Dictionary<string, JournalChain> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<JournalPosition, string> _names = [];

    private JournalScan() { }

    /// <summary>Where each file ends, by its name.</summary>
    public IReadOnlyDictionary<string, JournalChain> Files => _files;

    /// <summary>
    /// The paths of all files that together are the journal, in the order of their names.
    /// </summary>
    public static IEnumerable<string> Paths(string folder) =>
        Directory.EnumerateFiles(folder, "journal*.jsonl").Order(StringComparer.Ordinal);

    public static JournalScan Read(string folder, IEnumerable<JournalPosition> known)
    {
        var scan = new JournalScan();
        var wanted = known.Where(position => position.Sequence > 0).ToLookup(position => position.Sequence);
        foreach (var path in Paths(folder))
            scan.Add(path, wanted);
        return scan;
    }

    /// <summary>
    /// The file that has these lines; null if none has. A position without lines is in every file.
    /// </summary>
    public string? FileWith(JournalPosition position) =>
        position.Sequence == 0 ? position.File : _names.GetValueOrDefault(position);

    /// <summary>The positions that no file has.</summary>
    public IReadOnlyList<JournalPosition> Missing(IEnumerable<JournalPosition> known) =>
        [.. known.Where(position => FileWith(position) is null)];

    private void Add(string path, ILookup<long, JournalPosition> wanted)
    {
        var name = Path.GetFileName(path);
        var chain = _files[name] = new JournalChain();
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        chain.ReadOn(file, () =>
        {
            if (!wanted.Contains(chain.Sequence))
                return;
            foreach (var position in wanted[chain.Sequence].Where(position => position.Hash == chain.Hash))
            {
                if (position.File == name)
                    _names[position] = name;
                else
                    _names.TryAdd(position, name);
            }
        });
    }
}
