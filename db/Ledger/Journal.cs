using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Campaigns.Db.Ledger;

/// <summary>A head the world has seen or was about to see.</summary>
public sealed record JournalHead
{
    public required long CampaignId { get; init; }
    public required long Size { get; init; }
    public required string Root { get; init; }

    /// <summary>When it was noted; of a head read from the journal only.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>
/// What somebody asked for that a restored backup must not undo: to be forgotten, to be taken out,
/// to be shown less. <c>Kind</c> is one of the constants.
/// </summary>
public sealed record JournalEntry(DateTimeOffset At, string Kind, long CampaignId, long SignatureId)
{
    public const string Erase = "erase";
    public const string Withdraw = "withdraw";
    public const string NotMe = "not-me";
    public const string Invalidate = "invalidate";
    public const string InvalidateError = "invalidate-error";
    public const string ShowInitials = "show-initials";
    public const string ShowCount = "show-count";
}

/// <summary>
/// What the journal says, file by file, each oldest first. <c>Unreadable</c> counts lines that a
/// crash tore: what they meant to say never happened.
/// </summary>
public sealed record JournalReplay(IReadOnlyList<JournalEntry> Acts, IReadOnlyList<JournalHead> Heads, int Unreadable);

/// <summary>
/// Append-only files outside the database: what must survive a restored backup. Lines of JSON with
/// ids and public heads only, each on disk before the call returns. Processes that share the folder
/// write into the first file that no other is writing into, so that one which stands still keeps
/// nobody waiting. All files named <c>journal*.jsonl</c> together are the journal: those of other
/// machines are brought in by laying them beside.
/// </summary>
public sealed class Journal : IDisposable
{
    // Far more than append at one moment; a file system without locks must not be filled with files.
    private const int MostParts = 64;

    private readonly string _folder;
    private readonly List<JournalFile> _parts = [];
    private readonly Lock _gate = new();

    /// <summary>Opens the journal of a data folder.</summary>
    public Journal(string folder)
    {
        _folder = folder;
        // Whoever cannot write here hears of it at the start.
        _parts.Add(new JournalFile(folder, 1));
    }

    /// <summary>
    /// Notes acts, before the commit that carries them out. An empty list writes nothing.
    /// </summary>
    public void AppendEntries(IReadOnlyList<JournalEntry> entries)
    {
        var lines = new StringBuilder();
        foreach (var entry in entries)
            lines
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"at":"{{Instant.Text(entry.At)}}","type":"{{entry.Kind}}","campaign":"{{entry.CampaignId}}","signature":"{{entry.SignatureId}}"}"""
                )
                .Append('\n');
        Append(lines.ToString());
    }

    /// <summary>
    /// Notes heads, after the commit that made them and before anybody is shown one.
    /// </summary>
    public void AppendHeads(IReadOnlyList<JournalHead> heads, DateTimeOffset at)
    {
        var lines = new StringBuilder();
        foreach (var head in heads)
            lines
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"at":"{{Instant.Text(at)}}","type":"head","campaign":"{{head.CampaignId}}","size":{{head.Size}},"root":"{{head.Root}}"}"""
                )
                .Append('\n');
        Append(lines.ToString());
    }

    /// <summary>Reads all of it; for the start.</summary>
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
        foreach (var part in _parts)
            part.Dispose();
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
        catch (Exception error)
            when (error
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
            )
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
            for (var i = 0; i < MostParts; i++)
            {
                if (i == _parts.Count)
                    _parts.Add(new JournalFile(_folder, i + 1));
                if (_parts[i].TryAppend(lines))
                    return;
            }
        }
        throw new TimeoutException("The journal cannot be locked.");
    }
}
