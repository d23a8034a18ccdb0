using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Db.Timeline;
using Campaigns.Letters;
using Campaigns.Sendings;
using Campaigns.Timeline;
using Dapper;

namespace Campaigns.Db.Sendings;

/// <summary>
/// Staff order, pause, resume and cancel the sending of an update, as
/// <see cref="SendingLifecycle"/> says. Each act is audited.
/// </summary>
public sealed class SendingStore(Database database, TimeProvider time)
{
    private const string Order = """
        INSERT INTO sendings (update_id, campaign_id, state, countries, locales, hours_from, hours_to, shows_title,
                              ordered_at, ordered_by, not_before)
        VALUES (@updateId, @campaignId, @state, @countries, @locales, @from, @to, @showsTitle, @now, @staff, @at)
        ON CONFLICT (update_id) DO UPDATE SET
            state = excluded.state, countries = excluded.countries, locales = excluded.locales,
            hours_from = excluded.hours_from, hours_to = excluded.hours_to, shows_title = excluded.shows_title,
            ordered_at = excluded.ordered_at, ordered_by = excluded.ordered_by, not_before = excluded.not_before,
            started_at = NULL, last_subscriber = NULL, total = 0, walked = 0, pace_from = NULL, pace_done = 0,
            claimed_at = NULL, refusals_accepted = 0, restored = 0, ended_at = NULL
        """;

    // Letters that no server took and that no worker sends at this moment: the new audience may lack their people.
    private const string DeleteWaiting = $"""
        DELETE FROM update_letters
        WHERE update_id = @updateId AND state = '{LetterState.Queued}' AND {Lease.IsFree}
          AND COALESCE(failure, '') <> '{LetterState.Unknown}'
        """;

    private const string EndUnknown = $"""
        UPDATE update_letters SET state = '{LetterState.Unknown}'
        WHERE update_id = @updateId AND state = '{LetterState.Queued}' AND {Lease.IsFree}
        """;

    private const string AcceptRefusals = "UPDATE sendings SET refusals_accepted = 1 WHERE update_id = @UpdateId";

    /// <summary>How an update is sent; null before the first order.</summary>
    public Sending? Find(long updateId)
    {
        using var connection = database.Read();
        return SendingTable.Find(connection, updateId) is { } row
            ? row.ToSending(SendingTable.Count(connection, updateId), time.UtcNow())
            : null;
    }

    /// <summary>How many subscribers an audience has now.</summary>
    public long Count(long campaignId, Audience audience)
    {
        using var connection = database.Read();
        return SendingTable.Count(connection, campaignId, audience);
    }

    /// <summary>
    /// Orders the sending of a published update in the caller's transaction; returns the size of
    /// the audience now. Refused with <c>already-sent</c> for a second order, unless the first was
    /// cancelled: then those who got the update do not get it again.
    /// </summary>
    public Outcome<long> Begin(
        WriteTransaction write,
        Campaign campaign,
        long updateId,
        SendingOrder order,
        Actor actor
    )
    {
        // Its lock also serialises concurrent orders.
        if (TimelineReader.Find(write, updateId) is not { } update)
            return Refusal.NotFound;
        if (update.State != EntryState.Published)
            return Refusal.WrongState;
        if (SendingRules.RefuseSubject(order.ShowsTitle, campaign.Sensitive) is { } subject)
            return subject;
        var current = SendingTable.Find(write, updateId);
        var transition = SendingLifecycle.Find(current?.State, SendingAct.Begin);
        if (transition.Refusal is { } refusal)
            return refusal;
        // Its letters are deleted, so that it is not known any more who got them.
        if (current?.Done is not null)
            return Refusal.AlreadySent;
        var recipients = SendingTable.Count(write.Connection, campaign.Id, order.Audience);
        if (recipients == 0)
            return Refusal.Validation("audience", "No subscriber is in this audience.");
        var waiting = new { updateId, free = database.LeaseAt(write.Now).Free };
        write.Connection.Execute(DeleteWaiting, waiting);
        write.Connection.Execute(EndUnknown, waiting);
        write.Connection.Execute(Order, Parameters(write, campaign.Id, updateId, transition.State!, order, actor));
        if (order.At is null || order.At <= write.Now)
            SendingTable.Start(write, SendingTable.Find(write.Connection, updateId)!);
        actor.Audit(write, "update.send", campaign.Slug, Ids.Text(updateId), Ids.Text(recipients));
        return recipients;
    }

    /// <summary>Letters that left already stay as they are; the others wait. Repeatable.</summary>
    public Task<Refusal?> PauseAsync(SendingChange change) =>
        ChangeAsync(change, SendingAct.Pause, "update.pause", (write, row) =>
            SendingTable.Set(write, row.UpdateId, SendingState.Paused, row.PauseReason ?? PauseReason.Staff)
        );

    /// <summary>Goes on where it was paused. Repeatable.</summary>
    public Task<Refusal?> ResumeAsync(SendingChange change) =>
        ChangeAsync(change, SendingAct.Resume, "update.resume", (write, row) =>
        {
            if (row.PauseReason == PauseReason.Bounces)
                write.Connection.Execute(AcceptRefusals, new { row.UpdateId });
            SendingTable.Set(write, row.UpdateId, SendingState.Scheduled);
            if (row.NotBefore <= write.Now)
                SendingTable.Start(write, row);
        });

    /// <summary>Ends it early. Repeatable.</summary>
    public Task<Refusal?> CancelAsync(SendingChange change) =>
        ChangeAsync(change, SendingAct.Cancel, "update.cancel", (write, row) =>
            SendingTable.Set(write, row.UpdateId, SendingState.Cancelled)
        );

    private Task<Refusal?> ChangeAsync(
        SendingChange change,
        SendingAct act,
        string action,
        Action<WriteTransaction, SendingRow> apply
    ) =>
        database.Writes.RunAsync(write =>
        {
            var row = SendingTable.Find(write, change.UpdateId);
            var transition = SendingLifecycle.Find(row?.State, act);
            if (transition.Refusal is { } refusal)
                return refusal;
            if (transition.State == row!.State)
                return null;
            apply(write, row);
            change.Actor.Audit(write, action, change.Slug, Ids.Text(change.UpdateId));
            return null;
        });

    private static object Parameters(
        WriteTransaction write,
        long campaignId,
        long updateId,
        string state,
        SendingOrder order,
        Actor actor
    ) =>
        new
        {
            updateId,
            campaignId,
            state,
            countries = Lists.Write(order.Audience.Countries),
            locales = Lists.Write(order.Audience.Locales),
            from = SendingRow.Minutes(order.Hours?.From),
            to = SendingRow.Minutes(order.Hours?.To),
            showsTitle = order.ShowsTitle ? 1 : 0,
            now = write.Now,
            staff = actor.StaffId,
            at = order.At ?? write.Now,
        };
}
