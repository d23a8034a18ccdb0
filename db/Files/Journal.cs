using System.Globalization;
using System.Text;
using System.Text.Json;

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

    private readonly string _folder;
    private readonly List<JournalFile> _files = [];
    private readonly Lock _gate = new();

    /// <summary>Opens the journal of a data folder.</summary>
    public Journal(string folder)
    {
        _folder = folder;
        // Creates the first file now, so that a process that cannot write here fails at start.
        _files.Add(new JournalFile(folder, 1));
    }

    /// <summary>
    /// Writes entries before the commit that applies them. An empty list writes nothing.
    /// </summary>
    public void AppendEntries(IReadOnlyList<JournalEntry> entries)
    {
        var lines = new StringBuilder();
        foreach (var (at, kind, campaign, signature) in entries)
        {
            var time = Instant.Text(at);
            lines
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"at":"{{time}}","type":"{{kind}}","campaign":"{{campaign}}","signature":"{{signature}}"}"""
                )
                .Append('\n');
        }
        Append(lines.ToString());
    }

    /// <summary>
    /// Writes heads after the commit that created them and before they are served.
    /// </summary>
    public void AppendHeads(IReadOnlyList<JournalHead> heads, DateTimeOffset at)
    {
        var lines = new StringBuilder();
        var time = Instant.Text(at);
        foreach (var head in heads)
        {
            var (campaign, size, root) = (head.CampaignId, head.Size, head.Root);
            lines
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"at":"{{time}}","type":"head","campaign":"{{campaign}}","size":{{size}},"root":"{{root}}"}"""
                )
                .Append('\n');
        }
        Append(lines.ToString());
    }

    /// <summary>Reads the whole journal; called at start.</summary>
    public JournalReplay Read()
    {
        var entries = new List<JournalEntry>();
        var heads = new List<JournalHead>();
        var unreadable = 0;
        foreach (var path in Directory.EnumerateFiles(_folder, "journal*.jsonl").Order(StringComparer.Ordinal))
        {
            using var file = PrivateFiles.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            while (reader.ReadLine() is { } line)
            {
                if (line.Length > 0 && !TryRead(line, entries, heads))
                    unreadable++;
            }
        }
        return new JournalReplay(entries, heads, unreadable);
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private static bool TryRead(string line, List<JournalEntry> entries, List<JournalHead> heads)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            var campaign = long.Parse(json.GetProperty("campaign").GetString()!, CultureInfo.InvariantCulture);
            var kind = json.GetProperty("type").GetString()!;
            var isDated = Instant.TryParse(json.GetProperty("at").GetString()!, out var at);
            if (kind != "head")
            {
                if (!isDated)
                    return false;
                entries.Add(
                    new JournalEntry(
                        at,
                        kind,
                        campaign,
                        long.Parse(json.GetProperty("signature").GetString()!, CultureInfo.InvariantCulture)
                    )
                );
                return true;
            }
            heads.Add(
                new JournalHead
                {
                    CampaignId = campaign,
                    Size = json.GetProperty("size").GetInt64(),
                    Root = json.GetProperty("root").GetString()!,
                    At = isDated ? at : null,
                }
            );
            return true;
        }
        catch (Exception error) when (JsonFailure.IsMalformed(error))
        {
            return false;
        }
    }

    private void Append(string lines)
    {
        if (lines.Length == 0)
            return;
        lock (_gate)
        {
            for (var i = 0; i < MaxFiles; i++)
            {
                if (i == _files.Count)
                    _files.Add(new JournalFile(_folder, i + 1));
                if (_files[i].TryAppend(lines))
                    return;
            }
        }
        throw new TimeoutException("All journal files are locked by other processes.");
    }
}
