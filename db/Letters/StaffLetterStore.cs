using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.Letters;

/// <summary>
/// Letters as staff see them: what waits in the outbox, and a letter that was given up sent again.
/// </summary>
public sealed class StaffLetterStore(Database database, TimeProvider time)
{
    private const string SelectQueued = $"""
        SELECT count(*) AS queued, MIN(created_at) AS oldest_at FROM letters
        WHERE campaign_id = @campaignId AND state = '{LetterState.Queued}'
        """;

    private const string SelectHourlyQueued = $"""
        SELECT CAST(COALESCE(SUM(value), 0) AS bigint) AS queued, NULL AS oldest_at FROM hourly_letters
        WHERE campaign_id = @campaignId AND state = '{LetterState.Queued}'
        """;

    private const string SelectRetries = $"""
        SELECT failure AS code, count(*) AS letters FROM letters
        WHERE campaign_id = @campaignId AND state = '{LetterState.Queued}' AND tries > 0 AND failure IS NOT NULL
        GROUP BY failure ORDER BY count(*) DESC, failure
        """;

    private const string SelectAccepted = """
        SELECT CAST(COALESCE(SUM(letters), 0) AS bigint) FROM counters_by_hour
        WHERE campaign_id = @campaignId AND hour = @hour
        """;

    private const string SelectToResend = """
        SELECT l.kind, l.state, l.generation, s.state AS signature_state,
               CASE WHEN s.contact IS NULL THEN 0 ELSE 1 END AS has_address,
               s.confirm_generation, s.manage_generation,
               l.subscriber_id, b.state AS subscriber_state, b.generation AS subscriber_generation,
               CASE WHEN u.id IS NULL OR u.may_retry = 1 AND u.retried_at IS NOT NULL THEN 0 ELSE 1 END AS suppressed
        FROM letters l
        LEFT JOIN signatures s ON s.campaign_id = l.campaign_id AND s.id = l.signature_id
        LEFT JOIN suppressions u
            ON u.campaign_id = s.campaign_id AND u.blind_index = s.blind_index AND u.until > @now
        LEFT JOIN subscribers b ON b.campaign_id = l.campaign_id AND b.id = l.subscriber_id
        WHERE l.campaign_id = @campaignId AND l.id = @id
        """;

    // The time until it is given up begins again (turn_at), and its mail domain does not bound it.
    private const string Requeue = """
        UPDATE letters SET state = 'queued', failure = NULL, tries = 0, due_at = @now, turn_at = @now
        WHERE campaign_id = @campaignId AND id = @id AND state = @state
        """;

    /// <summary>
    /// What waits: now, or with <paramref name="hourly"/> as of the last full hour, without the age
    /// of the oldest and the reasons.
    /// </summary>
    public OutboxFigures ReadOutbox(long campaignId, bool hourly)
    {
        var hour = CountedHours.Of(time.UtcNow()) - 1;
        return database.Snapshot(connection =>
        {
            var queued = connection.QuerySingle<QueuedRow>(
                hourly ? SelectHourlyQueued : SelectQueued,
                new { campaignId }
            );
            return new OutboxFigures
            {
                Queued = queued.Queued,
                OldestAt = queued.OldestAt is { } oldest ? Instant.FromMilliseconds(oldest) : null,
                Retries = hourly ? [] : connection.Query<RetriedLetters>(SelectRetries, new { campaignId }).AsList(),
                AcceptedInLastHour = connection.QuerySingle<long>(SelectAccepted, new { campaignId, hour }),
            };
        });
    }

    /// <summary>
    /// Queues a letter again that was given up. Refused with <c>wrong-state</c> if it was not, or
    /// if it is obsolete: it would not be sent. Audited.
    /// </summary>
    public Task<Refusal?> ResendAsync(Campaign campaign, long id, Actor actor) =>
        database.Writes.RunAsync<Refusal?>(write =>
        {
            var now = write.Now.ToUnixTimeMilliseconds();
            var keys = new
            {
                campaignId = campaign.Id,
                id,
                now,
            };
            if (write.Connection.QuerySingleOrDefault<ResendRow>(SelectToResend, keys) is not { } letter)
                return Refusal.NotFound;
            if (!LetterRules.CanResend(letter.State) || letter.Obsolete is not null)
                return Refusal.WrongState;
            var requeued = write.Connection.Execute(
                Requeue,
                new
                {
                    campaignId = campaign.Id,
                    id,
                    now,
                    state = letter.State,
                }
            );
            if (requeued == 0)
                return Refusal.WrongState;
            write.Queued(PendingWork.Letters);
            actor.Audit(write, "letter.resend", campaign.Slug, Ids.Text(id));
            return null;
        });

    private sealed class QueuedRow
    {
        public required long Queued { get; init; }
        public required long? OldestAt { get; init; }
    }

    private sealed class ResendRow
    {
        public required string Kind { get; init; }
        public required string State { get; init; }
        public required long Generation { get; init; }
        public required string? SignatureState { get; init; }
        public required bool HasAddress { get; init; }
        public required long? ConfirmGeneration { get; init; }
        public required long? ManageGeneration { get; init; }
        public required bool Suppressed { get; init; }

        public required long? SubscriberId { get; init; }
        public required string? SubscriberState { get; init; }
        public required long? SubscriberGeneration { get; init; }

        // Whether a subscriber's address is suppressed is known only when the letter is sent.
        public string? Obsolete =>
            SubscriberId is null
                ? LetterRules.Obsolete(
                    Kind,
                    SignatureState,
                    HasAddress,
                    Suppressed,
                    Generation == (Kind == LetterKind.Confirm ? ConfirmGeneration : ManageGeneration)
                )
                : LetterRules.ObsoleteSubscription(
                    SubscriberState,
                    isSuppressed: false,
                    Generation == SubscriberGeneration
                );
    }
}
