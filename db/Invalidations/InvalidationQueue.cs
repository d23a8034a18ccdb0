using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Invalidations;
using Dapper;

namespace Campaigns.Db.Invalidations;

/// <summary>
/// Bulk invalidations as the worker sees them. It claims one with a lease and an attempt number
/// and walks over the signatures; each page is a transaction that also notes how far the walk is. A
/// walk that was interrupted goes on from there, so no signature is missed or taken twice. Each
/// step checks the attempt and the status: a worker that lost the lease stops, as does a cancelled
/// run.
/// </summary>
public sealed class InvalidationQueue(
    Database database,
    TimeProvider time,
    CampaignStore campaigns,
    KeyRing keys,
    SignatureEncryption encryption,
    InvalidationReader reader,
    InvalidationCounter counter
)
{
    /// <summary>
    /// Signatures per transaction of a run or an undo; signers wait behind each.
    /// </summary>
    public const int PageSize = 100;

    private const string IsAtWork = $"""
        (status IN ('{InvalidationStatus.Counting}', '{InvalidationStatus.Running}')
         OR (status = '{InvalidationStatus.Undone}' AND undo_ended_at IS NULL))
        """;

    private const string SelectWaiting = $"""
        SELECT id FROM invalidations WHERE {IsAtWork} AND {Lease.IsFree} ORDER BY attempt, id LIMIT 20
        """;

    private const string Claim = $$"""
        UPDATE invalidations SET lease_until = @until, lease_owner = @owner, attempt = attempt + 1
        WHERE id = (
            SELECT id FROM invalidations WHERE id = @id AND {{IsAtWork}} AND {{Lease.IsFree}} {for_update_skip_locked})
        RETURNING {{Invalidation.Columns}}
        """;

    private const string Release = $"UPDATE invalidations SET {Lease.End} WHERE {InvalidationClaim.IsMine}";

    private const string Walk = $"""
        UPDATE invalidations SET lease_until = @until, walked_to = @last,
            invalidated = invalidated + @invalidated, restored = restored + @restored
        WHERE {InvalidationClaim.IsMine}
        """;

    // A page that the journal repeated after a crash is in no page of the walk.
    private const string FinishRun = $"""
        UPDATE invalidations SET status = '{InvalidationStatus.Done}', ended_at = @now, {Lease.End},
            invalidated = CASE WHEN invalidated > @marked THEN invalidated ELSE @marked END
        WHERE {InvalidationClaim.IsMine}
        """;

    private const string CountMarked =
        "SELECT count(*) FROM signatures WHERE campaign_id = @CampaignId AND invalidation = @Id";

    private const string FinishUndo = $"""
        UPDATE invalidations SET undo_ended_at = @now, {Lease.End} WHERE {InvalidationClaim.IsMine}
        """;

    private const string SelectMarked = """
        SELECT id FROM signatures WHERE campaign_id = @CampaignId AND invalidation = @Id AND id > @after
        ORDER BY id LIMIT @PageSize
        """;

    /// <summary>Up to twenty that wait for a worker. Writes nothing.</summary>
    public IReadOnlyList<long> FindWaiting()
    {
        using var connection = database.Read();
        return connection.Query<long>(SelectWaiting, new { free = database.LeaseAt(time.UtcNow()).Free }).AsList();
    }

    /// <summary>Claims one for a lease; null if it does not wait.</summary>
    public Task<Invalidation?> ClaimAsync(long id, string owner, CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
            {
                var lease = database.LeaseAt(write.Now);
                return write.Connection.QuerySingleOrDefault<Invalidation>(
                    write.Sql(Claim),
                    new
                    {
                        id,
                        owner,
                        until = lease.Until,
                        free = lease.Free,
                    }
                );
            },
            cancellation
        );

    /// <summary>
    /// Does the claimed work: counts, invalidates or restores. Stops early when the claim is lost
    /// or the work is cancelled.
    /// </summary>
    public Task WorkAsync(Invalidation claimed, CancellationToken cancellation) =>
        claimed.Status switch
        {
            InvalidationStatus.Counting => counter.CountAsync(claimed, cancellation),
            InvalidationStatus.Running => InvalidateAsync(claimed, cancellation),
            _ => UndoAsync(claimed, cancellation),
        };

    /// <summary>Returns a claim that the worker cannot finish.</summary>
    public Task ReleaseAsync(Invalidation claimed) =>
        database.Writes.RunAsync(write => write.Connection.Execute(Release, InvalidationClaim.Parameters(claimed)));

    private async Task InvalidateAsync(Invalidation claimed, CancellationToken cancellation)
    {
        for (long? after = claimed.WalkedTo; after is { } from;)
        {
            var page = reader.Read(claimed, from, PageSize);
            var last = page.Last ?? page.Rows.Select(row => row.Id).DefaultIfEmpty(from).Max();
            if (!await InvalidatePageAsync(claimed, page, last, cancellation))
                return;
            after = page.Last;
        }
        await database.Writes.RunAsync(
            write =>
            {
                var values = InvalidationClaim.Parameters(claimed);
                values.Add("now", write.Now.ToUnixTimeMilliseconds());
                values.Add(
                    "marked",
                    write.Connection.QuerySingle<long>(CountMarked, new { claimed.CampaignId, claimed.Id })
                );
                return write.Connection.Execute(FinishRun, values);
            },
            cancellation
        );
    }

    private Task<bool> InvalidatePageAsync(
        Invalidation claimed,
        CoveredPage page,
        long last,
        CancellationToken cancellation
    ) =>
        database.Writes.RunAsync(
            write =>
            {
                var rows = SignatureRow
                    .Find(write, [.. page.Rows.Select(row => (row.CampaignId, row.Id))])
                    .Values.Where(row => InvalidationReader.IsCovered(claimed, row))
                    .ToList();
                if (!TryWalk(write, claimed, last, invalidated: rows.Count))
                    return false;
                foreach (var row in rows)
                    BulkInvalidation.Invalidate(write, row, claimed.Id, claimed.Reason, claimed.StartedAt!.Value);
                return true;
            },
            cancellation
        );

    private async Task UndoAsync(Invalidation claimed, CancellationToken cancellation)
    {
        var campaign = campaigns.Get(claimed.CampaignId);
        for (var after = claimed.WalkedTo; FindMarked(claimed, after) is { Count: > 0 } ids; after = ids[^1])
        {
            var goesOn = await database.Writes.RunAsync(
                write =>
                {
                    if (!InvalidationClaim.TryRenew(write, database, claimed))
                        return false;
                    var rows = SignatureRow.Find(write, [.. ids.Select(id => (claimed.CampaignId, id))]).Values;
                    var restored = rows.Count(row =>
                        BulkInvalidation.TryUndo(write, campaign, row, keys, encryption)
                    );
                    return TryWalk(write, claimed, ids[^1], restored: restored);
                },
                cancellation
            );
            if (!goesOn)
                return;
        }
        await database.Writes.RunAsync(
            write =>
            {
                var values = InvalidationClaim.Parameters(claimed);
                values.Add("now", write.Now.ToUnixTimeMilliseconds());
                return write.Connection.Execute(FinishUndo, values);
            },
            cancellation
        );
    }

    private bool TryWalk(
        WriteTransaction write,
        Invalidation claimed,
        long last,
        int invalidated = 0,
        int restored = 0
    )
    {
        var values = InvalidationClaim.Parameters(claimed);
        values.AddDynamicParams(
            new
            {
                until = database.LeaseAt(write.Now).Until,
                last,
                invalidated,
                restored,
            }
        );
        return write.Connection.Execute(Walk, values) == 1;
    }

    private List<long> FindMarked(Invalidation claimed, long after)
    {
        using var connection = database.Read();
        return connection
            .Query<long>(
                SelectMarked,
                new
                {
                    claimed.CampaignId,
                    claimed.Id,
                    after,
                    PageSize,
                }
            )
            .AsList();
    }
}
