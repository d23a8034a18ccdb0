using System.Data.Common;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>The queued entries of one campaign in one state.</summary>
internal sealed class WaitingEntries
{
    private const string Select = """
        SELECT q.campaign_id, q.state, c.sensitive, min(q.queued_at) AS oldest, count(*) AS count,
               count(CASE WHEN q.kind = 'add' THEN 1 END) AS adds
        FROM ledger_queue q JOIN campaigns c ON c.id = q.campaign_id
        WHERE q.state <> 'owed' GROUP BY q.campaign_id, q.state, c.sensitive ORDER BY q.campaign_id
        """;

    public required long CampaignId { get; init; }

    /// <summary><c>waiting</c> or <c>damaged</c>.</summary>
    public required string State { get; init; }
    public required bool Sensitive { get; init; }
    public required long Count { get; init; }

    /// <summary>The added signatures among them; the others are removals.</summary>
    public required long Adds { get; init; }
    public required DateTimeOffset Oldest { get; init; }

    public static IReadOnlyList<WaitingEntries> Read(DbConnection connection) =>
        connection.Query<WaitingEntries>(Select).AsList();

    /// <summary>
    /// True when a batch is to be sealed. A removal of a sensitive campaign does not make a batch
    /// larger, because each line of a small batch tells when a person signed or left.
    /// </summary>
    public bool IsDue(LedgerOptions options, DateTimeOffset now) =>
        Sensitive
            ? Adds >= options.MinBatch || options.SensitiveEnd(Oldest) <= now
            : Count >= options.MinBatch || Oldest + options.MaxDelay <= now;
}
