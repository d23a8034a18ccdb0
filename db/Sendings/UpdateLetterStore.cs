using System.Data.Common;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Subscribers;
using Campaigns.Letters;
using Campaigns.Sendings;
using Campaigns.Timeline;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Sendings;

/// <summary>
/// The outbox of updates. A claim walks the audience: it makes the letters of the next subscribers
/// and claims them in one transaction. Each subscriber has one letter of an update, so that a
/// pause, a crash or a second worker sends none twice.
/// </summary>
public sealed class UpdateLetterStore(
    Database database,
    CampaignStore campaigns,
    SubscriberEncryption encryption,
    KeyRing keys,
    TimeProvider time,
    ILogger<UpdateLetterStore> log
) : ILetterQueue<DueUpdateLetter>
{
    private const string SelectOpen =
        $"{SendingRow.Select} JOIN timeline_entries e ON e.id = s.update_id"
        + $" WHERE s.state = '{SendingState.Sending}' AND e.state = '{EntryState.Published}' ORDER BY s.update_id";

    private const string Due = $"update_id IN {{=open}} AND {LetterClaims.Due}";

    private const string CountUpTo =
        $"SELECT count(*) FROM (SELECT 1 FROM update_letters WHERE {Due} LIMIT @limit) AS due";

    private const string ClaimDue = $$"""
        UPDATE update_letters SET lease_until = @until, lease_owner = @owner, attempt = attempt + 1
        WHERE id IN (
            SELECT id FROM update_letters WHERE {{Due}} ORDER BY due_at LIMIT @limit {for_update_skip_locked})
        RETURNING id
        """;

    // Another worker walks it if the row is locked.
    private const string LockWalk = $$"""
        SELECT update_id FROM sendings
        WHERE update_id = @UpdateId AND state = '{{SendingState.Sending}}' {for_update_skip_locked}
        """;

    private const string NotYetWalked = $"id > @walked AND id <= @last AND {AudienceSql.HasNoLetter}";

    private const string Insert = """
        INSERT INTO update_letters (id, update_id, subscriber_id, state, created_at, due_at, lease_until, lease_owner,
                                    attempt)
        VALUES (@id, @updateId, @subscriberId, @state, @now, @now, @until, @owner, 1)
        """;

    private const string Advance = """
        UPDATE sendings SET walked = @walked, claimed_at = @now, pace_from = @paceFrom, pace_done = @paceDone
        WHERE update_id = @UpdateId
        """;

    private readonly DueUpdateLetterReader _claimed = new(database, encryption, keys, time, log);

    /// <inheritdoc/>
    /// <remarks>Subscribers whose turn comes count too; some may have left.</remarks>
    public int CountDue(int limit)
    {
        var now = time.UtcNow();
        using var connection = database.Read();
        var open = FindOpen(connection, now);
        if (open.Count == 0)
            return 0;
        if (open.Where(row => row.IsWalking).Sum(row => row.Total) is > 0 and var walking)
            return (int)Math.Min(limit, walking);
        return (int)
            connection.QuerySingle<long>(
                CountUpTo,
                new
                {
                    open = open.Select(row => row.UpdateId),
                    limit,
                    now = now.ToUnixTimeMilliseconds(),
                    free = database.LeaseAt(now).Free,
                }
            );
    }

    public async Task<IReadOnlyList<DueUpdateLetter>> ClaimAsync(
        string owner,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var ids = await database.Writes.RunAsync(write => Claim(write, owner, limit), cancellationToken);
        return ids.Count == 0 ? [] : _claimed.Read(owner, ids);
    }

    public Task<int> RenewAsync(string owner, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        LetterClaims.RenewAsync(database, "update_letters", owner, ids, cancellationToken);

    public Task MarkAsync(
        IReadOnlyList<LetterOutcome<DueUpdateLetter>> outcomes,
        CancellationToken cancellationToken
    ) =>
        database.Writes.RunAsync(
            write =>
            {
                UpdateOutcomeWriter.Write(write, outcomes, keys.BlindIndex);
                return true;
            },
            cancellationToken
        );

    private List<SendingRow> FindOpen(DbConnection connection, DateTimeOffset now) =>
        [
            .. connection
                .Query<SendingRow>(SelectOpen)
                .Where(row => row.IsOpenAt(now, campaigns.Get(row.CampaignId).TimeZone)),
        ];

    private List<long> Claim(WriteTransaction write, string owner, int limit)
    {
        var open = FindOpen(write.Connection, write.Now);
        if (open.Count == 0)
            return [];
        var lease = database.LeaseAt(write.Now);
        var claimed = write
            .Connection.Query<long>(
                write.Sql(ClaimDue),
                new
                {
                    open = open.Select(row => row.UpdateId),
                    owner,
                    limit,
                    now = write.Now,
                    free = lease.Free,
                    until = lease.Until,
                }
            )
            .ToList();
        foreach (var sending in open.Where(row => row.IsWalking))
        {
            if (claimed.Count >= limit)
                break;
            if (!write.Connection.Query<long>(write.Sql(LockWalk), new { sending.UpdateId }).Any())
                continue;
            // Read again behind the lock.
            var current = SendingTable.Find(write.Connection, sending.UpdateId)!;
            claimed.AddRange(Walk(write, current, owner, limit - claimed.Count, lease.Until));
        }
        return claimed;
    }

    private static List<long> Walk(WriteTransaction write, SendingRow sending, string owner, int limit, long until)
    {
        var parameters = new DynamicParameters(
            new
            {
                updateId = sending.UpdateId,
                walked = sending.Walked,
                last = sending.LastSubscriber,
                startedAt = sending.StartedAt,
                limit,
            }
        );
        var audience = AudienceSql.Condition(sending.CampaignId, sending.Audience, parameters);
        var subscribers = write
            .Connection.Query<long>(
                $"SELECT id FROM subscribers WHERE {audience} AND {NotYetWalked} ORDER BY id LIMIT @limit",
                parameters
            )
            .ToList();
        var letters = new List<long>(subscribers.Count);
        foreach (var subscriberId in subscribers)
        {
            var id = write.NextId();
            letters.Add(id);
            write
                .Prepare(Insert)
                .Set("@id", id)
                .Set("@updateId", sending.UpdateId)
                .Set("@subscriberId", subscriberId)
                .Set("@state", LetterState.Queued)
                .Set("@now", write.Now.ToUnixTimeMilliseconds())
                .Set("@until", until)
                .Set("@owner", owner)
                .Defer();
        }
        var isUnbroken = sending.PaceFrom is not null && write.Now - sending.ClaimedAt < SendingRules.UnbrokenFor;
        write.Connection.Execute(
            Advance,
            new
            {
                sending.UpdateId,
                // Fewer than the limit: the rest of the audience has its letter or has left.
                walked = subscribers.Count < limit ? sending.LastSubscriber : subscribers[^1],
                now = write.Now,
                paceFrom = isUnbroken ? sending.PaceFrom : write.Now,
                paceDone = isUnbroken ? sending.PaceDone : SendingTable.Count(write.Connection, sending.UpdateId).Done,
            }
        );
        return letters;
    }
}
