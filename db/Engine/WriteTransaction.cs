using System.Data.Common;
using Campaigns.Db.Files;

namespace Campaigns.Db.Engine;

/// <summary>
/// The API for work on the writer thread, inside the batch's transaction. Counter deltas are
/// collected and written once per batch. Acts that a restored backup must not undo are in the
/// journal, on disk, before the commit.
/// </summary>
public sealed class WriteTransaction
{
    private readonly CounterDeltas _counters;
    private readonly HashSet<long> _changedCounts = [];
    private readonly List<Action> _afterCommit = [];
    private readonly List<string> _journalLines = [];
    private readonly WriterSession _session;
    private readonly Dialect _dialect;

    internal WriteTransaction(WriterSession session, Dialect dialect, DateTimeOffset now)
    {
        _session = session;
        _dialect = dialect;
        Now = now;
        _counters = new CounterDeltas(session, now);
    }

    /// <summary>
    /// The open connection for the next statement; deferred statements have run. Do not use it
    /// again after a <see cref="Statement.Defer"/>. Only the queue begins, commits and rolls back
    /// its transaction.
    /// </summary>
    public DbConnection Connection => _session.Flush();

    /// <summary>The time of the batch, in UTC and whole milliseconds.</summary>
    public DateTimeOffset Now { get; }

    internal int Writer => _session.Number;

    /// <summary>What the journal gets before the commit (<see cref="JournalLine"/>).</summary>
    internal IReadOnlyList<string> JournalLines => _journalLines;

    internal IReadOnlyCollection<long> ChangedCounts => _changedCounts;

    internal PendingWork QueuedWork { get; private set; }

    public long NextId() => _session.Ids.Next();

    /// <summary>
    /// Adds to the counter of a bucket (see SignatureState.Buckets) for the signer's real country.
    /// </summary>
    public void Count(long campaignId, string country, string bucket, long delta) =>
        _counters.AddToBucket(campaignId, country, bucket, delta);

    /// <summary>
    /// Adds to the number of confirmed signatures of a day and an hour, always those of the
    /// confirmation.
    /// </summary>
    public void CountConfirmed(long campaignId, long confirmedAt, string country, long delta) =>
        _counters.AddConfirmed(campaignId, confirmedAt, country, delta);

    /// <summary>
    /// Counts a confirmed signature at the midnight of its day, because the time of day of its
    /// confirmation is erased.
    /// </summary>
    public void CountAtMidnight(long campaignId, long confirmedAt, string country) =>
        _counters.MoveToMidnight(campaignId, confirmedAt, country);

    /// <summary>Counts a step of a new signature, by its country and its mail provider.</summary>
    public void CountStep(SigningStep step, long campaignId, DateTimeOffset at, string country, string provider) =>
        _counters.AddStep(step, campaignId, at, country, provider);

    /// <summary>Adds a letter to those of today with this fate (see LetterFate).</summary>
    public void CountLetter(long campaignId, string fate, string code = "") =>
        _counters.AddLetter(campaignId, fate, code);

    /// <summary>
    /// Records an act (see <see cref="JournalEntry"/>) in the journal outside the database, so that
    /// a restored backup does not undo it.
    /// </summary>
    public void Journal(string kind, long campaignId, long signatureId, long? generation = null) =>
        Journal(new JournalEntry(Now, kind, campaignId, signatureId) { Generation = generation });

    /// <inheritdoc cref="Journal(string, long, long, long?)"/>
    internal void Journal(JournalEntry entry) => _journalLines.Add(JournalLine.Write(entry));

    /// <summary>Records an end of access of staff in the journal.</summary>
    public void Journal(JournalRevocation revocation) => _journalLines.Add(JournalLine.Write(revocation));

    /// <summary>Records an erasure of what staff recorded in the journal.</summary>
    public void Journal(JournalErasure erasure) => _journalLines.Add(JournalLine.Write(erasure));

    /// <summary>Records an end of a subscription in the journal.</summary>
    public void Journal(JournalUnsubscription ended) => _journalLines.Add(JournalLine.Write(ended));

    /// <summary>Records a letter with an update in the journal.</summary>
    internal void Journal(JournalSentUpdate sent) => _journalLines.Add(JournalLine.Write(sent));

    /// <summary>
    /// Records heads in the journal. The commit that lets them be served comes after it.
    /// </summary>
    public void Journal(IEnumerable<JournalHead> heads) =>
        _journalLines.AddRange(heads.Select(head => JournalLine.Write(head, Now)));

    /// <summary>
    /// Marks the public counts of a campaign as changed once the batch is durable.
    /// </summary>
    public void MarkCountsChanged(long campaignId) => _changedCounts.Add(campaignId);

    /// <summary>
    /// Records that the batch queues work. <see cref="WriteQueue.WorkQueued"/> is raised after the
    /// commit.
    /// </summary>
    public void Queued(PendingWork work) => QueuedWork |= work;

    /// <summary>
    /// Registers a callback for after the commit, to refresh cached values. It must not throw.
    /// </summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    /// <summary>
    /// Returns an SQL text for Dapper on <see cref="Connection"/> with its placeholders filled (see
    /// <see cref="Dialect.Sql"/>).
    /// </summary>
    internal string Sql(string text) => _dialect.Sql(text);

    /// <summary>
    /// Blocks all other batches until this one ends, for a change that concurrent batches must not
    /// miss.
    /// </summary>
    internal void LockExclusively() => _dialect.AcquireExclusiveBatchLock(Connection);

    /// <summary>
    /// Returns the prepared statement of a constant SQL text, for statements that run on every
    /// request. Others use Dapper on <see cref="Connection"/>.
    /// </summary>
    internal Statement Prepare(string sql) => _session.Prepare(sql);

    /// <inheritdoc cref="WriterSession.ReadEach"/>
    internal IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    ) => _session.ReadEach(sql, items, bind, read);

    internal void FlushCounters() => _counters.Flush();

    internal void Measure() => _counters.Measure();

    /// <summary>The callbacks for after the commit.</summary>
    internal IReadOnlyList<Action> AfterCommitCallbacks => _afterCommit;
}
