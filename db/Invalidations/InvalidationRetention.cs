using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Invalidations;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Invalidations;

/// <summary>
/// Ends what can no longer be undone: clears the data of bulk-invalidated signatures, and the
/// conditions that could name a person.
/// </summary>
public sealed class InvalidationRetention(Database database, TimeProvider time)
{
    private const int PageSize = 100;

    // An undo that was asked for in time goes on, even if it ends late.
    private const string IsFinal = $"""
        undo_until <= @now AND NOT EXISTS (
            SELECT 1 FROM invalidations i
            WHERE i.id = signatures.invalidation AND i.status = '{InvalidationStatus.Undone}'
              AND i.undo_ended_at IS NULL)
        """;

    private const string SelectFinal = $"""
        SELECT campaign_id, id FROM signatures WHERE {IsFinal} ORDER BY campaign_id, id LIMIT @PageSize
        """;

    private const string IsForgettable = $"""
        mail_domain IS NOT NULL AND requested_at <= @requested
        AND status IN ('{InvalidationStatus.Cancelled}', '{InvalidationStatus.Done}', '{InvalidationStatus.Undone}')
        AND (status <> '{InvalidationStatus.Undone}' OR undo_ended_at IS NOT NULL)
        AND (started_at IS NULL OR started_at <= @started)
        """;

    private const string IsUnstarted = $"""
        requested_at <= @requested
        AND status IN ('{InvalidationStatus.Counted}', '{InvalidationStatus.AwaitingApproval}')
        """;

    private const string CountDue = $"SELECT count(*) FROM invalidations WHERE ({IsForgettable}) OR ({IsUnstarted})";

    private const string ClearDetails =
        $"UPDATE invalidations SET mail_domain = NULL, sample = NULL WHERE {IsForgettable}";

    private const string CancelUnstarted = $"""
        UPDATE invalidations SET status = '{InvalidationStatus.Cancelled}', ended_at = @now WHERE {IsUnstarted}
        """;

    /// <summary>
    /// Clears the data of at most a page of signatures; returns how many. Writes nothing without
    /// one.
    /// </summary>
    public Task<int> ClearAsync(CancellationToken cancellation)
    {
        List<(long CampaignId, long Id)> due;
        using (var connection = database.Read())
            due = connection
                .Query<(long, long)>(SelectFinal, new { now = time.UtcNow().ToUnixTimeMilliseconds(), PageSize })
                .AsList();
        return due.Count == 0 ? Task.FromResult(0) : database.Writes.RunAsync(write => Clear(write, due), cancellation);
    }

    /// <summary>
    /// Cancels those that were not started in time, and forgets mail domains and samples of those
    /// that ended. Writes nothing without one.
    /// </summary>
    public async Task ForgetAsync(CancellationToken cancellation)
    {
        using (var connection = database.Read())
        {
            if (connection.QuerySingle<long>(CountDue, Terms(time.UtcNow())) == 0)
                return;
        }
        await database.Writes.RunAsync(
            write =>
                write.Connection.Execute(CancelUnstarted, Terms(write.Now))
                + write.Connection.Execute(ClearDetails, Terms(write.Now)),
            cancellation
        );
    }

    private static int Clear(WriteTransaction write, List<(long CampaignId, long Id)> due)
    {
        var cleared = 0;
        foreach (var row in SignatureRow.Find(write, due).Values)
        {
            // An undo, an erasure or a withdrawal came first.
            if (!SignatureLifecycle.Find(row.Phase, SignatureAct.EndUndo).ChangesRow)
                continue;
            UnresolvedRemovals.Note(write, row);
            Erasure.ClearPersonalData(write, row, row.State);
            cleared++;
        }
        return cleared;
    }

    private static object Terms(DateTimeOffset now) =>
        new
        {
            now = now.ToUnixTimeMilliseconds(),
            requested = (now - InvalidationRules.StartWithin).ToUnixTimeMilliseconds(),
            started = (now - InvalidationRules.UndoTime).ToUnixTimeMilliseconds(),
        };
}
