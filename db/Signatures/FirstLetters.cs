using Campaigns.Db.Engine;
using Campaigns.Letters;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Remembers in memory when the first letter of a mailbox was queued. Most mailboxes get one letter
/// only, and a row for each would cost every signature a write. A restart forgets them, and another
/// process does not know them, so that a mailbox may get one letter more for each of these. Only
/// the writer thread uses it.
/// </summary>
internal sealed class FirstLetters
{
    // Two generations with 28 bytes an entry need at most 15 MB. Only after more first letters than this, within a day,
    // is one forgotten.
    private const int MostPerGeneration = 250_000;

    // What the transaction changes: a time, or null for a mailbox to forget.
    private readonly Dictionary<ulong, long?> _changes = [];
    private Dictionary<ulong, long> _newer = [];
    private Dictionary<ulong, long> _older = [];
    private DateTimeOffset _newerSince;
    private WriteTransaction? _transaction;

    /// <summary>
    /// When the first letter was queued, in milliseconds; null if none was within a day, or if a
    /// row counts it.
    /// </summary>
    public long? Find(WriteTransaction write, MailboxKey mailbox)
    {
        Join(write);
        var at =
            _changes.TryGetValue(mailbox.Short, out var changed) ? changed
            : _newer.TryGetValue(mailbox.Short, out var known) || _older.TryGetValue(mailbox.Short, out known) ? known
            : (long?)null;
        var now = write.Now.ToUnixTimeMilliseconds();
        // A time that lies ahead is of a clock that was wrong.
        return at > now || at is { } from && LetterRules.IsOver(from, now, LetterRules.MailboxDay) ? null : at;
    }

    /// <summary>Remembers a first letter once the transaction is committed.</summary>
    public void Add(WriteTransaction write, MailboxKey mailbox)
    {
        Join(write);
        _changes[mailbox.Short] = write.Now.ToUnixTimeMilliseconds();
    }

    /// <summary>Forgets a letter: it is not sent, or a row counts it.</summary>
    public void Remove(WriteTransaction write, MailboxKey mailbox)
    {
        Join(write);
        _changes[mailbox.Short] = null;
    }

    // A batch that fails runs again in another transaction, which begins without its changes.
    private void Join(WriteTransaction write)
    {
        if (_transaction == write)
            return;
        _transaction = write;
        _changes.Clear();
        write.AfterCommit(() => Keep(write.Now));
    }

    private void Keep(DateTimeOffset now)
    {
        if (_newer.Count >= MostPerGeneration || now - _newerSince >= LetterRules.MailboxDay || now < _newerSince)
            (_older, _newer, _newerSince) = (_newer, [], now);
        foreach (var (mailbox, at) in _changes)
        {
            _newer.Remove(mailbox);
            _older.Remove(mailbox);
            if (at is { } queuedAt)
                _newer.Add(mailbox, queuedAt);
        }
        _changes.Clear();
    }
}
