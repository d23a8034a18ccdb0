using System.Data.Common;
using Campaigns.Db.Ledger;
using Dapper;

namespace Campaigns.Db.Writes;

/// <summary>
/// What a piece of work may use while it runs on the writer thread, inside the batch's transaction. Counter deltas are gathered and
/// written once per batch; what a restored backup must not undo reaches the journal, on disk, before the commit.
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
    private readonly Dictionary<(long Campaign, string Day, string Country), long> _days = [];
    private readonly List<Action> _afterCommit = [];
    private readonly List<JournalAct> _acts = [];
    private readonly Ids _ids;

    internal WriteTransaction(DbConnection connection, Ids ids, int writer, DateTimeOffset now)
    {
        Connection = connection;
        _ids = ids;
        Writer = writer;
        Now = now;
    }

    /// <summary>The open connection; its transaction is begun, committed and rolled back by the queue alone.</summary>
    public DbConnection Connection { get; }

    /// <summary>The instant of the batch, UTC, whole milliseconds.</summary>
    public DateTimeOffset Now { get; }

    internal int Writer { get; }

    internal IReadOnlyList<JournalAct> Acts => _acts;

    public long NextId() => _ids.Next();

    /// <summary>Moves the counter of a bucket (see SignatureState.Buckets) of the signer's real country.</summary>
    public void Count(long campaignId, string country, string bucket, long delta)
    {
        var key = (campaignId, country, bucket);
        _counters[key] = _counters.GetValueOrDefault(key) + delta;
    }

    /// <summary>Moves the number of confirmed signatures of a day, always the day of confirmation.</summary>
    public void CountDay(long campaignId, DateOnly day, string country, long delta)
    {
        var key = (campaignId, Instant.Text(day), country);
        _days[key] = _days.GetValueOrDefault(key) + delta;
    }

    /// <summary>Notes an act of <see cref="JournalAct"/>'s kinds for the journal outside the database, so that a restored backup does not undo it.</summary>
    public void Journal(string kind, long campaignId, long signatureId) => _acts.Add(new JournalAct(Now, kind, campaignId, signatureId));

    /// <summary>Runs once the batch is on disk; for refreshing what is held in memory. Must not throw.</summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    internal void FlushCounters()
    {
        foreach (var ((campaignId, country, bucket), delta) in _counters.Where(counter => counter.Value != 0))
            Connection.Execute(AddToCounter, new { campaignId, country, bucket, writer = Writer, delta });
        foreach (var ((campaignId, day, country), delta) in _days.Where(counter => counter.Value != 0))
            Connection.Execute(AddToDay, new { campaignId, day, country, writer = Writer, delta });
    }

    internal void Committed()
    {
        foreach (var action in _afterCommit) action();
    }
}
