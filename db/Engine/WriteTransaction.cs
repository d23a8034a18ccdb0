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
    private const string AddToCounter = """
        INSERT INTO counters (campaign_id, country, state, writer, value)
        VALUES (@campaignId, @country, @bucket, @writer, @delta)
        ON CONFLICT (campaign_id, country, state, writer) DO UPDATE SET value = counters.value + excluded.value
        """;

    private const string AddToDay = """
        INSERT INTO counters_by_day (campaign_id, day, country, writer, value)
        VALUES (@campaignId, @day, @country, @writer, @delta)
        ON CONFLICT (campaign_id, day, country, writer) DO UPDATE SET value = counters_by_day.value + excluded.value
        """;

    private readonly Dictionary<(long Campaign, string Country, string Bucket), long> _counters = [];
    private readonly Dictionary<(long Campaign, DateOnly Day, string Country), long> _days = [];
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
    public void Count(long campaignId, string country, string bucket, long delta)
    {
        var key = (campaignId, country, bucket);
        _counters[key] = _counters.GetValueOrDefault(key) + delta;
    }

    /// <summary>
    /// Adds to the number of confirmed signatures of a day, always the day of confirmation.
    /// </summary>
    public void CountDay(long campaignId, DateOnly day, string country, long delta)
    {
        var key = (campaignId, day, country);
        _days[key] = _days.GetValueOrDefault(key) + delta;
    }

    /// <summary>
    /// Records an act (see <see cref="JournalEntry"/>) in the journal outside the database, so that
    /// a restored backup does not undo it.
    /// </summary>
    public void Journal(string kind, long campaignId, long signatureId, long? generation = null) =>
        Journal(new JournalEntry(Now, kind, campaignId, signatureId) { Generation = generation });

    /// <inheritdoc cref="Journal(string, long, long, long?)"/>
    internal void Journal(JournalEntry entry) => _journalLines.Add(JournalLine.Write(entry));

    /// <summary>Records the revocation of a staff token in the journal.</summary>
    public void Journal(JournalRevocation revocation) => _journalLines.Add(JournalLine.Write(revocation));

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

    internal void FlushCounters()
    {
        foreach (var ((campaignId, country, bucket), delta) in _counters.Where(counter => counter.Value != 0))
            Prepare(AddToCounter)
                .Set("@campaignId", campaignId)
                .Set("@country", country)
                .Set("@bucket", bucket)
                .Set("@writer", Writer)
                .Set("@delta", delta)
                .Defer();
        foreach (var ((campaignId, day, country), delta) in _days.Where(counter => counter.Value != 0))
            Prepare(AddToDay)
                .Set("@campaignId", campaignId)
                .Set("@day", Instant.Text(day))
                .Set("@country", country)
                .Set("@writer", Writer)
                .Set("@delta", delta)
                .Defer();
    }

    /// <summary>The callbacks for after the commit.</summary>
    internal IReadOnlyList<Action> AfterCommitCallbacks => _afterCommit;
}
