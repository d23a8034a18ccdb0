using System.Data.Common;
using Campaigns.Db.Ledger;

namespace Campaigns.Db.Writes;

/// <summary>
/// What a piece of work may use while it runs on the writer thread, inside the batch's transaction.
/// Counter deltas are gathered and written once per batch; what a restored backup must not undo
/// reaches the journal, on disk, before the commit.
/// </summary>
public sealed class WriteTransaction
{
    private const string AddToCounter = """
        INSERT INTO counters (campaign_id, country, state, writer, value) VALUES (@campaignId, @country, @bucket, @writer, @delta)
        ON CONFLICT (campaign_id, country, state, writer) DO UPDATE SET value = counters.value + excluded.value
        """;

    private const string AddToDay = """
        INSERT INTO counters_by_day (campaign_id, day, country, writer, value) VALUES (@campaignId, @day, @country, @writer, @delta)
        ON CONFLICT (campaign_id, day, country, writer) DO UPDATE SET value = counters_by_day.value + excluded.value
        """;

    private readonly Dictionary<(long Campaign, string Country, string Bucket), long> _counters = [];
    private readonly Dictionary<(long Campaign, DateOnly Day, string Country), long> _days = [];
    private readonly HashSet<long> _changedCounts = [];
    private readonly List<Action> _afterCommit = [];
    private readonly List<JournalEntry> _journalEntries = [];
    private readonly Ids _ids;
    private readonly WriteConnection _writing;
    private readonly Dialect _dialect;

    internal WriteTransaction(WriteConnection writing, Dialect dialect, Ids ids, int writer, DateTimeOffset now)
    {
        _writing = writing;
        _dialect = dialect;
        _ids = ids;
        Writer = writer;
        Now = now;
    }

    /// <summary>
    /// The open connection; its transaction is begun, committed and rolled back by the queue alone.
    /// </summary>
    public DbConnection Connection => _writing.Connection;

    /// <summary>The instant of the batch, UTC, whole milliseconds.</summary>
    public DateTimeOffset Now { get; }

    internal int Writer { get; }

    internal IReadOnlyList<JournalEntry> JournalEntries => _journalEntries;

    internal IReadOnlyCollection<long> ChangedCounts => _changedCounts;

    internal PendingWork QueuedWork { get; private set; }

    public long NextId() => _ids.Next();

    /// <summary>
    /// Moves the counter of a bucket (see SignatureState.Buckets) of the signer's real country.
    /// </summary>
    public void Count(long campaignId, string country, string bucket, long delta)
    {
        var key = (campaignId, country, bucket);
        _counters[key] = _counters.GetValueOrDefault(key) + delta;
    }

    /// <summary>
    /// Moves the number of confirmed signatures of a day, always the day of confirmation.
    /// </summary>
    public void CountDay(long campaignId, DateOnly day, string country, long delta)
    {
        var key = (campaignId, day, country);
        _days[key] = _days.GetValueOrDefault(key) + delta;
    }

    /// <summary>
    /// Notes an act of <see cref="JournalEntry"/>'s kinds for the journal outside the database, so
    /// that a restored backup does not undo it.
    /// </summary>
    public void Journal(string kind, long campaignId, long signatureId) =>
        _journalEntries.Add(new JournalEntry(Now, kind, campaignId, signatureId));

    /// <summary>
    /// Notes that the public counts of a campaign will be others once the batch is on disk.
    /// </summary>
    public void MarkCountsChanged(long campaignId) => _changedCounts.Add(campaignId);

    /// <summary>
    /// Notes that the batch queues work: <see cref="WriteQueue.WorkQueued"/> is raised after the
    /// commit.
    /// </summary>
    public void Queued(PendingWork work) => QueuedWork |= work;

    /// <summary>
    /// Runs once the batch is on disk; for refreshing what is held in memory. Must not throw.
    /// </summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    /// <summary>
    /// A text for Dapper on <see cref="Connection"/> as this database runs it, where it names what
    /// only some databases know (see <see cref="Dialect.Sql"/>).
    /// </summary>
    internal string Sql(string text) => _dialect.Sql(text);

    /// <summary>
    /// From here on no other batch is written until this one is: for a change that those beside it
    /// must not miss.
    /// </summary>
    internal void LockExclusively() => _dialect.AcquireExclusiveBatchLock(Connection);

    /// <summary>
    /// The prepared statement of a constant SQL text, for what runs on every request; the rest uses
    /// Dapper on <see cref="Connection"/>.
    /// </summary>
    internal Statement Prepare(string sql) => _writing.Prepare(sql);

    /// <inheritdoc cref="WriteConnection.ReadEach"/>
    internal IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    ) => _writing.ReadEach(sql, items, bind, read);

    /// <inheritdoc cref="WriteConnection.ChangeEach"/>
    internal IReadOnlySet<long> ChangeEach<TItem>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<TItem, long> id
    ) => _writing.ChangeEach(sql, items, bind, id);

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

    /// <summary>What is to follow the commit.</summary>
    internal IReadOnlyList<Action> Followers => _afterCommit;
}
