using Campaigns.Db.Counts;
using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Invalidations;
using Campaigns.Signatures;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Invalidations;

/// <summary>
/// Bulk invalidations as staff see them: ask for a count, start, approve, cancel and undo. The
/// worker walks over the signatures through <see cref="InvalidationQueue"/>.
/// </summary>
public sealed class InvalidationStore(Database database, IOptions<InvalidationOptions> options)
{
    private const string Insert = $"""
        INSERT INTO invalidations (id, campaign_id, reason, countries, signed_from, signed_to, states, wave,
                                   mail_domain, hold_reason, status, requested_at, requested_by)
        VALUES (@id, @campaignId, @reason, @countries, @signedFrom, @signedTo, @states, @wave,
                @mailDomain, @holdReason, '{InvalidationStatus.Counting}', @now, @staff)
        """;

    private const string SelectById =
        $"SELECT {Invalidation.Columns} FROM invalidations WHERE campaign_id = @campaignId AND id = @id";

    private const string SelectToChange = SelectById + " {for_update}";

    private const string SelectList = $"""
        SELECT {Invalidation.Columns} FROM invalidations
        WHERE campaign_id = @campaignId AND id < @before ORDER BY id DESC LIMIT @limit
        """;

    // Two starts at once wait for each other, so that each counts the other. Signers do not wait for this lock.
    private const string LockCampaign = "SELECT id FROM campaigns WHERE id = @campaignId {for_no_key_update}";

    // What a second member approved was not started alone. An undo gives nothing back.
    private const string CountStarted = """
        SELECT CAST(COALESCE(SUM(covered), 0) AS bigint) AS signatures,
               CAST(COALESCE(SUM(covered_confirmed), 0) AS bigint) AS confirmed
        FROM invalidations
        WHERE campaign_id = @campaignId AND started_by = @staff AND approved_by IS NULL AND started_at > @since
        """;

    private const string Start =
        "UPDATE invalidations SET status = @status, started_by = @staff, started_at = @startedAt WHERE id = @id";

    private const string Approve =
        "UPDATE invalidations SET status = @status, approved_by = @staff, started_at = @now WHERE id = @id";

    private const string Cancel =
        $"UPDATE invalidations SET status = @status, ended_at = @now, {Lease.End} WHERE id = @id";

    private const string Undo = $"""
        UPDATE invalidations SET status = @status, undone_by = @staff, walked_to = 0, {Lease.End} WHERE id = @id
        """;

    /// <summary>Queues the count, in the caller's transaction.</summary>
    public static Invalidation Create(
        WriteTransaction write,
        Campaign campaign,
        InvalidationConditions conditions,
        string reason,
        Actor actor
    )
    {
        var id = write.NextId();
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                campaignId = campaign.Id,
                reason,
                countries = Lists.Write(conditions.Countries),
                signedFrom = conditions.SignedFrom?.ToUnixTimeMilliseconds(),
                signedTo = conditions.SignedTo?.ToUnixTimeMilliseconds(),
                states = Lists.Write(conditions.States),
                wave = conditions.Wave,
                mailDomain = conditions.MailDomain,
                holdReason = conditions.HoldReason,
                now = write.Now.ToUnixTimeMilliseconds(),
                staff = actor.StaffId,
            }
        );
        actor.Audit(write, "invalidation.count", campaign.Slug, Ids.Text(id), reason);
        return write.Connection.QuerySingle<Invalidation>(SelectById, new { campaignId = campaign.Id, id });
    }

    public Invalidation? Find(long campaignId, long id)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<Invalidation>(SelectById, new { campaignId, id });
    }

    /// <summary>
    /// Bulk invalidations of a campaign with an id below <paramref name="before"/>, newest first.
    /// </summary>
    public IReadOnlyList<Invalidation> List(long campaignId, long before, int limit)
    {
        using var connection = database.Read();
        return connection
            .Query<Invalidation>(
                SelectList,
                new
                {
                    campaignId,
                    before,
                    limit,
                }
            )
            .AsList();
    }

    /// <summary>
    /// Starts a counted one, or asks another member to approve it. Refused with
    /// <c>changed-meanwhile</c> when the counted number differs from <paramref name="count"/>.
    /// </summary>
    public Task<Refusal?> StartAsync(Campaign campaign, long id, long count, Actor actor) =>
        RunAsync(campaign, id, InvalidationAct.Start, (write, invalidation, status) =>
        {
            if (invalidation.Covered != count)
                return Refusal.ChangedMeanwhile;
            var waits = InvalidationRules.NeedsApproval(
                new CoveredCount(count, invalidation.CoveredConfirmed!.Value),
                StartedAlone(write, campaign.Id, actor),
                CountConfirmed(write, campaign.Id),
                options.Value.Limits
            );
            write.Connection.Execute(
                Start,
                new
                {
                    id,
                    status = waits ? InvalidationStatus.AwaitingApproval : status,
                    staff = actor.StaffId,
                    startedAt = waits ? (long?)null : write.Now.ToUnixTimeMilliseconds(),
                }
            );
            actor.Audit(write, waits ? "invalidation.ask" : "invalidation.start", campaign.Slug, Ids.Text(id));
            return null;
        });

    /// <summary>
    /// Lets one run that waits for a second member. Refused with <c>own-request</c> for the member
    /// who asked.
    /// </summary>
    public Task<Refusal?> ApproveAsync(Campaign campaign, long id, Actor actor) =>
        RunAsync(campaign, id, InvalidationAct.Approve, (write, invalidation, status) =>
        {
            if (
                InvalidationRules.RefuseApproval(actor.StaffId, invalidation.RequestedBy, invalidation.StartedBy) is
                { } refusal
            )
                return refusal;
            write.Connection.Execute(
                Approve,
                new
                {
                    id,
                    status,
                    staff = actor.StaffId,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            actor.Audit(write, "invalidation.approve", campaign.Slug, Ids.Text(id));
            return null;
        });

    /// <summary>
    /// Stops one. What it has invalidated stays so until staff undo it. Repeatable.
    /// </summary>
    public Task<Refusal?> CancelAsync(Campaign campaign, long id, Actor actor) =>
        RunAsync(campaign, id, InvalidationAct.Cancel, (write, _, status) =>
        {
            write.Connection.Execute(
                Cancel,
                new
                {
                    id,
                    status,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            actor.Audit(write, "invalidation.cancel", campaign.Slug, Ids.Text(id));
            return null;
        });

    /// <summary>
    /// Restores what one has invalidated. Refused with <c>too-late-to-undo</c> after
    /// <see cref="InvalidationRules.UndoTime"/>, and with <c>wrong-state</c> when it never ran.
    /// Repeatable.
    /// </summary>
    public Task<Refusal?> UndoAsync(Campaign campaign, long id, Actor actor) =>
        RunAsync(campaign, id, InvalidationAct.Undo, (write, invalidation, status) =>
        {
            if (invalidation.StartedAt is not { } startedAt)
                return Refusal.WrongState;
            if (InvalidationRules.RefuseUndo(startedAt, write.Now) is { } late)
                return late;
            write.Connection.Execute(
                Undo,
                new
                {
                    id,
                    status,
                    staff = actor.StaffId,
                }
            );
            actor.Audit(write, "invalidation.undo", campaign.Slug, Ids.Text(id));
            return null;
        });

    private Task<Refusal?> RunAsync(
        Campaign campaign,
        long id,
        InvalidationAct act,
        Func<WriteTransaction, Invalidation, string, Refusal?> change
    ) =>
        database.Writes.RunAsync(write =>
        {
            var invalidation = write.Connection.QuerySingleOrDefault<Invalidation>(
                write.Sql(SelectToChange),
                new { campaignId = campaign.Id, id }
            );
            if (invalidation is null)
                return Refusal.NotFound;
            var transition = InvalidationLifecycle.Find(invalidation.Status, act);
            return transition.Status is { } status ? change(write, invalidation, status) : transition.Refusal;
        });

    private static CoveredCount StartedAlone(WriteTransaction write, long campaignId, Actor actor)
    {
        write.Connection.Execute(write.Sql(LockCampaign), new { campaignId });
        var row = write.Connection.QuerySingle<StartedRow>(
            CountStarted,
            new
            {
                campaignId,
                staff = actor.StaffId,
                since = (write.Now - InvalidationRules.AloneWindow).ToUnixTimeMilliseconds(),
            }
        );
        return new CoveredCount(row.Signatures, row.Confirmed);
    }

    private static long CountConfirmed(WriteTransaction write, long campaignId) =>
        write
            .Connection.Query<CounterRow>(CounterRow.Select, new { campaignId })
            .Where(row => row.State == SignatureState.Confirmed)
            .Sum(row => row.Value);

    private sealed class StartedRow
    {
        public required long Signatures { get; init; }
        public required long Confirmed { get; init; }
    }
}
