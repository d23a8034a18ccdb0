using System.Data.Common;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// Holds the ledger against the signatures: whoever counts has a line or waits for one, and whose
/// line is to be taken back has that waiting. A row of the queue that somebody deleted shows here
/// and nowhere else.
/// </summary>
internal static class LedgerRecount
{
    // Whoever was forgotten while they waited has no commitment any more, and gets the line all the same.
    private const string CountQueue = """
        SELECT CAST(COALESCE(SUM(CASE WHEN q.kind = 'add' THEN 1 ELSE 0 END), 0) AS bigint) AS adds,
               CAST(COALESCE(SUM(CASE WHEN s.state = 'confirmed' AND s.hold_reason IS NULL AND s.ledger_n IS NULL THEN 1 ELSE 0 END), 0) AS bigint) AS fitting,
               CAST(COALESCE(SUM(CASE WHEN s.state = 'confirmed' AND s.hold_reason IS NULL AND s.ledger_n IS NULL AND s.commitment IS NOT NULL
                   THEN 1 ELSE 0 END), 0) AS bigint) AS known,
               count(DISTINCT CASE WHEN q.kind = 'remove' THEN q.of_n END) AS removes
        FROM ledger_queue q LEFT JOIN signatures s ON q.kind = 'add' AND s.campaign_id = q.campaign_id AND s.id = q.signature_id
        WHERE q.campaign_id = @campaignId
        """;

    private const string CountLines = """
        SELECT CAST(COALESCE(SUM(CASE WHEN removed = 0 AND signature_id IS NOT NULL THEN 1 ELSE 0 END), 0) AS bigint) AS linked,
               CAST(COALESCE(SUM(CASE WHEN removed = 1 AND removed_by IS NULL THEN 1 ELSE 0 END), 0) AS bigint) AS leaving
        FROM ledger_entries WHERE campaign_id = @campaignId AND kind = 'add'
        """;

    /// <summary>To be read in the snapshot of the rows it is compared with.</summary>
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

/// <summary>What the ledger and its queue say about signatures.</summary>
/// <param name="Stray">Queued adds of nobody who counts and has no line.</param>
/// <param name="Waiting">Queued adds of signatures that count, have no line, and are not
/// forgotten.</param>
/// <param name="Removes">Lines that a queued remove takes back.</param>
/// <param name="Linked">Lines that stand and are tied to a signature.</param>
/// <param name="Leaving">Lines whose signature was taken back and whose remove line is still to
/// come.</param>
internal sealed record LedgerFigures(long Stray, long Waiting, long Removes, long Linked, long Leaving)
{
    /// <summary>
    /// By how much it differs from the rows: signatures that count and have a line, and those that
    /// count and have none yet.
    /// </summary>
    public long Drift(long linked, long waiting) =>
        Stray + Math.Abs(waiting - Waiting) + Math.Abs(linked - Linked) + Math.Abs(Leaving - Removes);
}
