using System.Collections.Concurrent;
using System.Globalization;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// What arrives in the mail folder. A letter that is sent again replaces its file, which is named
/// by its Message-ID; arrivals are counted from file system events.
/// </summary>
internal sealed class MailWatcher : IAsyncDisposable
{
    private readonly TestMailbox _mailbox;
    private readonly FileSystemWatcher _watcher;
    private readonly ConcurrentQueue<string> _came = new();
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Letter> _unread = new();
    private readonly ConcurrentDictionary<string, (string File, string Token)> _links = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _times = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    public MailWatcher(string folder)
    {
        Directory.CreateDirectory(folder);
        _mailbox = new TestMailbox(folder);
        _watcher = new FileSystemWatcher(folder, "*.eml")
        {
            NotifyFilter = NotifyFilters.FileName,
            InternalBufferSize = 1 << 16,
        };
        _watcher.Renamed += (_, file) => Note(file.FullPath);
        _watcher.Created += (_, file) => Note(file.FullPath);
        _watcher.EnableRaisingEvents = true;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>
    /// How often each letter that was sent more than once arrived, by its id, as far as the file
    /// system reported.
    /// </summary>
    public IReadOnlyDictionary<long, int> Again =>
        _times.Where(letter => letter.Value > 1).ToDictionary(letter => IdOf(letter.Key), letter => letter.Value);

    /// <summary>The ids of all letters that arrived.</summary>
    public IReadOnlySet<long> Ids => Directory.EnumerateFiles(_watcher.Path, "*.eml").Select(IdOf).ToHashSet();

    /// <summary>The recipient of the letter with that id.</summary>
    public string RecipientOf(long id)
    {
        var file = Path.Combine(_watcher.Path, string.Create(CultureInfo.InvariantCulture, $"{id}.eml"));
        return new Letter(file, File.ReadAllText(file)).To;
    }

    /// <summary>Letters that arrived since the last call.</summary>
    public IEnumerable<Letter> Unread()
    {
        while (_unread.TryDequeue(out var letter))
            yield return letter;
    }

    /// <summary>The newest confirm link of an address; null when none arrived.</summary>
    public string? LinkOf(string address) => _links.TryGetValue(address, out var link) ? link.Token : null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _watcher.Dispose();
        _stop.Dispose();
    }

    private static long IdOf(string file) =>
        long.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture);

    private void Note(string file)
    {
        _times.AddOrUpdate(file, 1, (_, times) => times + 1);
        _came.Enqueue(file);
    }

    private async Task ReadAsync()
    {
        for (var turn = 1; !_stop.IsCancellationRequested; turn++)
        {
            while (_came.TryDequeue(out var file))
                if (_read.Add(file))
                    Record(new Letter(file, await File.ReadAllTextAsync(file)));
            // The file system may have dropped events.
            if (turn % 100 == 0)
                foreach (var letter in _mailbox.Unread(_read))
                    Record(letter);
            await Task.Delay(20);
        }
    }

    private void Record(Letter letter)
    {
        if (letter.Text.Contains("/confirm/", StringComparison.Ordinal))
        {
            var link = (letter.File, letter.Token("/confirm/"));
            _links.AddOrUpdate(letter.To.ToLowerInvariant(), link, (_, known) =>
                string.CompareOrdinal(known.File, link.File) < 0 ? link : known
            );
        }
        _unread.Enqueue(letter);
    }
}
