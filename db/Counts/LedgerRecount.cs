using System.Data.Common;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// Compares the ledger with the signatures. Invariant: each counted signature has a ledger line or
/// a queued add; each removal has a queued remove. Only this check detects a deleted queue row.
/// </summary>
internal static class LedgerRecount
{
    // A queued signature that was erased has no commitment but still gets its line: it is in `fitting`, not in `known`.
    private const string CountQueue = """
        SELECT CAST(COALESCE(SUM(CASE WHEN q.kind = 'add' THEN 1 ELSE 0 END), 0) AS bigint) AS adds,
               CAST(COALESCE(SUM(CASE
                   WHEN s.state = 'confirmed' AND s.hold_reason IS NULL AND s.ledger_n IS NULL
                   THEN 1 ELSE 0 END), 0) AS bigint) AS fitting,
               CAST(COALESCE(SUM(CASE
                   WHEN s.state = 'confirmed' AND s.hold_reason IS NULL AND s.ledger_n IS NULL
                    AND s.commitment IS NOT NULL
                   THEN 1 ELSE 0 END), 0) AS bigint) AS known,
               count(DISTINCT CASE WHEN q.kind = 'remove' THEN q.of_n END) AS removes
        FROM ledger_queue q
        LEFT JOIN signatures s ON q.kind = 'add' AND s.campaign_id = q.campaign_id AND s.id = q.signature_id
        WHERE q.campaign_id = @campaignId
        """;

    private const string CountLines = """
        SELECT CAST(COALESCE(SUM(CASE WHEN removed = 0 AND signature_id IS NOT NULL THEN 1 ELSE 0 END), 0) AS bigint)
                   AS linked,
               CAST(COALESCE(SUM(CASE WHEN removed = 1 AND removed_by IS NULL THEN 1 ELSE 0 END), 0) AS bigint)
                   AS leaving
        FROM ledger_entries WHERE campaign_id = @campaignId AND kind = 'add'
        """;

    /// <summary>Call this in the snapshot of the rows to compare with.</summary>
    public static LedgerFigures Read(DbConnection connection, long campaignId)
    {
        var queue = connection.QuerySingle<QueueCount>(CountQueue, new { campaignId });
        var lines = connection.QuerySingle<LineCount>(CountLines, new { campaignId });
        return new LedgerFigures(queue.Adds - queue.Fitting, queue.Known, queue.Removes, lines.Linked, lines.Leaving);
    }

    private sealed class QueueCount
    {
        public required long Adds { get; init; }
        public required long Fitting { get; init; }
        public required long Known { get; init; }
        public required long Removes { get; init; }
    }

    private sealed class LineCount
    {
        public required long Linked { get; init; }
        public required long Leaving { get; init; }
    }
}

/// <summary>The numbers of signatures according to the ledger and its queue.</summary>
/// <param name="Stray">Queued adds without a counted signature that lacks a line.</param>
/// <param name="Waiting">Queued adds of counted signatures that have no line and are not
/// erased.</param>
/// <param name="Removes">Lines with a queued remove.</param>
/// <param name="Linked">Lines that are not removed and are linked to a signature.</param>
/// <param name="Leaving">Lines that are marked removed and have no remove line yet.</param>
internal sealed record LedgerFigures(long Stray, long Waiting, long Removes, long Linked, long Leaving)
{
    /// <summary>
    /// The difference from the rows: <paramref name="linked"/> counted signatures have a line,
    /// <paramref name="waiting"/> counted signatures have none yet.
    /// </summary>
    public long Drift(long linked, long waiting) =>
        Stray + Math.Abs(waiting - Waiting) + Math.Abs(linked - Linked) + Math.Abs(Leaving - Removes);
}
