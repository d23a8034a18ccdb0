using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Timeline;
using Dapper;

namespace Campaigns.Db.Timeline;

/// <summary>
/// Staff write, publish, correct and withdraw entries of a timeline, as
/// <see cref="EntryLifecycle"/> says. Each act is audited.
/// </summary>
public sealed class TimelineStore(Database database, PublicTimeline published)
{
    private const string Insert = """
        INSERT INTO timeline_entries (id, campaign_id, kind, state, version, on_day, content, countries, created_at,
                                      created_by, saved_at, saved_by, published_at)
        VALUES (@id, @campaignId, @kind, @state, 1, @on, @content, @countries, @now, @staff, @now, @staff, @publishedAt)
        """;

    private const string Update = """
        UPDATE timeline_entries
        SET state = @state, version = version + 1, on_day = @on, content = @content, saved_at = @now, saved_by = @staff,
            corrected_at = CASE WHEN @corrects = 1 THEN @now ELSE corrected_at END
        WHERE id = @id
        """;

    private const string KeepVersion = """
        INSERT INTO timeline_versions (entry_id, version, on_day, content, saved_at, saved_by)
        SELECT id, version, on_day, content, saved_at, saved_by FROM timeline_entries WHERE id = @id
        """;

    private const string SetPublished = """
        UPDATE timeline_entries SET state = @state, version = version + 1, on_day = @on, published_at = @now
        WHERE id = @id
        """;

    private const string SetWithdrawn = """
        UPDATE timeline_entries SET state = @state, version = version + 1, withdrawn_at = @now WHERE id = @id
        """;

    private const string Delete = "DELETE FROM timeline_entries WHERE id = @id";

    /// <summary>
    /// Adds an entry in the caller's transaction. Refused with <c>validation</c> if it is public at
    /// once and lacks a source.
    /// </summary>
    /// <param name="write">The transaction.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="draft">What staff wrote.</param>
    /// <param name="scope">The countries of an organiser; null for others.</param>
    /// <param name="actor">Who writes.</param>
    public Outcome<TimelineEntry> Create(
        WriteTransaction write,
        Campaign campaign,
        EntryDraft draft,
        IReadOnlyList<string>? scope,
        Actor actor
    )
    {
        var state = TimelineRules.FirstState(draft);
        if (state == EntryState.Published && TimelineRules.RefusePublic(draft) is { } refusal)
            return refusal;
        var id = write.NextId();
        var now = write.Now.ToUnixTimeMilliseconds();
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                campaignId = campaign.Id,
                kind = TimelineRules.KindOf(draft),
                state,
                on = Day(draft),
                content = EntryContent.Write(draft),
                countries = Lists.Write(scope),
                now,
                staff = actor.StaffId,
                publishedAt = state == EntryState.Published ? now : (long?)null,
            }
        );
        return Finish(write, campaign, id, draft, "create", actor)!;
    }

    /// <summary>
    /// Applies a change computed from the entry inside the transaction. A published entry keeps its
    /// earlier text and says when it was corrected. A change of nothing writes nothing.
    /// </summary>
    public Task<Outcome<TimelineEntry>> ChangeAsync(
        Campaign campaign,
        long id,
        Func<TimelineEntry, Outcome<EntryDraft>> change,
        Actor actor
    ) =>
        database.Writes.RunAsync<Outcome<TimelineEntry>>(write =>
        {
            if (TimelineReader.Find(write, id) is not { } current)
                return Refusal.NotFound;
            var transition = EntryLifecycle.Find(current.State, EntryAct.Change);
            if (transition.Refusal is { } wrong)
                return wrong;
            var changed = change(current);
            if (changed.Value is not { } draft)
                return changed.Refusal!;
            var content = EntryContent.Write(draft);
            if (content == EntryContent.Write(current.Draft) && draft.On == current.Draft.On)
                return current;
            if (transition.State == EntryState.Published && TimelineRules.RefusePublic(draft) is { } refusal)
                return refusal;
            if (transition.Corrects)
                write.Connection.Execute(KeepVersion, new { id });
            write.Connection.Execute(
                Update,
                new
                {
                    id,
                    state = transition.State,
                    on = Day(draft),
                    content,
                    now = write.Now.ToUnixTimeMilliseconds(),
                    staff = actor.StaffId,
                    corrects = transition.Corrects ? 1 : 0,
                }
            );
            return Finish(write, campaign, id, draft, transition.Corrects ? "correct" : "change", actor)!;
        });

    /// <summary>
    /// Publishes an update. A second time changes nothing. Refused with <c>validation</c> at
    /// <c>sources</c> without a source.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="id">The entry.</param>
    /// <param name="today">The day of an update that has none.</param>
    /// <param name="actor">Who publishes.</param>
    public Task<Refusal?> PublishAsync(Campaign campaign, long id, DateOnly today, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (TimelineReader.Find(write, id) is not { } current)
                return Refusal.NotFound;
            var transition = EntryLifecycle.Find(current.State, EntryAct.Publish);
            if (transition.Refusal is { } wrong)
                return wrong;
            if (TimelineRules.RefusePublic(current.Draft) is { } refusal)
                return refusal;
            if (transition.State == current.State)
                return null;
            write.Connection.Execute(
                SetPublished,
                new
                {
                    id,
                    state = transition.State,
                    on = Instant.Text(current.Draft.On ?? today),
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            Finish(write, campaign, id, current.Draft, "publish", actor);
            return null;
        });

    /// <summary>
    /// Deletes a draft, or withdraws what was public; the second time changes nothing.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="id">The entry.</param>
    /// <param name="isWritable">False for a state in which the actor may not do it.</param>
    /// <param name="actor">Who does it.</param>
    public Task<Refusal?> RemoveAsync(Campaign campaign, long id, Func<string, bool> isWritable, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (TimelineReader.Find(write, id) is not { } current || !isWritable(current.State))
                return Refusal.NotFound;
            var transition = EntryLifecycle.Find(current.State, EntryAct.Remove);
            if (transition.Refusal is { } wrong)
                return wrong;
            if (transition.State == current.State)
                return null;
            if (transition.Deletes)
                write.Connection.Execute(Delete, new { id });
            else
                write.Connection.Execute(
                    SetWithdrawn,
                    new
                    {
                        id,
                        state = transition.State,
                        now = write.Now.ToUnixTimeMilliseconds(),
                    }
                );
            Finish(write, campaign, id, current.Draft, transition.Deletes ? "delete" : "withdraw", actor);
            return null;
        });

    private TimelineEntry? Finish(
        WriteTransaction write,
        Campaign campaign,
        long id,
        EntryDraft draft,
        string act,
        Actor actor
    )
    {
        actor.Audit(write, $"{TimelineRules.KindOf(draft)}.{act}", campaign.Slug, Ids.Text(id));
        write.AfterCommit(() => published.Evict(campaign.Id));
        return TimelineReader.Find(write, id);
    }

    private static string? Day(EntryDraft draft) => draft.On is { } day ? Instant.Text(day) : null;
}
