using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Dapper;

namespace Campaigns.Db.Handovers;

/// <summary>
/// What happened to a hand-over: attempts and answers. They are corrected and never deleted; each
/// correction has its reason in the audit trail.
/// </summary>
public sealed class HandoverRecordStore(
    Database database,
    HandoverReader reader,
    HandoverEncryption encryption,
    PublicHandovers published
)
{
    private const string InsertAttempt = """
        INSERT INTO handover_attempts (id, handover_id, number, on_day, outcome, packets, recorded_at, recorded_by,
                                       place, carried_by, reference, note)
        VALUES (@id, @handover, @number, @on, @Outcome, @packets, @now, @staff,
                @Place, @CarriedBy, @Reference, @Note)
        """;

    private const string UpdateAttempt = """
        UPDATE handover_attempts
        SET on_day = @on, outcome = @Outcome, packets = @packets, corrected_at = @now,
            place = @Place, carried_by = @CarriedBy, reference = @Reference, note = @Note
        WHERE id = @id
        """;

    private const string InsertAnswer = """
        INSERT INTO handover_answers (id, handover_id, number, on_day, kind, summary, source, recorded_at, recorded_by)
        VALUES (@id, @handover, @number, @on, @Kind, @Summary, @Source, @now, @staff)
        """;

    private const string UpdateAnswer = """
        UPDATE handover_answers
        SET on_day = @on, kind = @Kind, summary = @Summary, source = @Source, corrected_at = @now
        WHERE handover_id = @handover AND number = @number
        """;

    private const string SelectStatuses = "SELECT id, status FROM packets WHERE id IN {=ids}";

    /// <summary>
    /// Records an attempt in the caller's transaction and returns its number. Refused as
    /// <see cref="HandoverRules"/> says: <c>validation</c>, <c>packet-not-ready</c>,
    /// <c>packet-stale</c>, <c>wrong-state</c>.
    /// </summary>
    public Outcome<int?> AddAttempt(WriteTransaction write, Campaign campaign, long id, AttemptDraft draft, Actor actor)
    {
        if (reader.Find(write, id) is not { } current)
            return Refusal.NotFound;
        var number = current.Attempts.Count + 1;
        if (Check(write, current, number, draft, out var facts) is { } refusal)
            return refusal;
        write.Connection.Execute(InsertAttempt, Values(write, write.NextId(), id, facts, draft.Notes, actor));
        Finish(write, campaign, id, "handover.attempt", number, reason: null, actor);
        return number;
    }

    /// <summary>
    /// Applies a correction computed from the attempt inside the transaction. Packets that the
    /// attempt has already may be in any status.
    /// </summary>
    public Task<Outcome<Handover>> CorrectAttemptAsync(
        Campaign campaign,
        long id,
        int number,
        Func<AttemptDraft, Outcome<Correction<AttemptDraft>>> correct,
        Actor actor
    ) =>
        database.Writes.RunAsync<Outcome<Handover>>(write =>
        {
            if (
                reader.Find(write, id) is not { } current
                || current.Attempts.FirstOrDefault(one => one.Number == number) is not { } attempt
            )
                return Refusal.NotFound;
            var corrected = correct(attempt.Draft);
            if (corrected.Value is not { } correction)
                return corrected.Refusal!;
            if (Check(write, current, number, correction.Draft, out var facts) is { } refusal)
                return refusal;
            write.Connection.Execute(
                UpdateAttempt,
                Values(write, attempt.Id, id, facts, correction.Draft.Notes, actor)
            );
            Finish(write, campaign, id, "handover.correct-attempt", number, correction.Reason, actor);
            return reader.Find(write, id)!;
        });

    /// <summary>
    /// Records an answer in the caller's transaction and returns its number. Refused with
    /// <c>wrong-state</c> before every attempt.
    /// </summary>
    public Outcome<int?> AddAnswer(WriteTransaction write, Campaign campaign, long id, AnswerDraft draft, Actor actor)
    {
        if (reader.Find(write, id) is not { } current)
            return Refusal.NotFound;
        var number = current.Answers.Count + 1;
        if (Check(current, number, draft) is { } refusal)
            return refusal;
        write.Connection.Execute(InsertAnswer, Values(write, id, number, draft, actor));
        Finish(write, campaign, id, "handover.answer", number, reason: null, actor);
        return number;
    }

    /// <summary>
    /// Applies a correction computed from the answer inside the transaction.
    /// </summary>
    public Task<Outcome<Handover>> CorrectAnswerAsync(
        Campaign campaign,
        long id,
        int number,
        Func<AnswerDraft, Outcome<Correction<AnswerDraft>>> correct,
        Actor actor
    ) =>
        database.Writes.RunAsync<Outcome<Handover>>(write =>
        {
            if (
                reader.Find(write, id) is not { } current
                || current.Answers.FirstOrDefault(one => one.Number == number) is not { } answer
            )
                return Refusal.NotFound;
            var corrected = correct(answer.Draft);
            if (corrected.Value is not { } correction)
                return corrected.Refusal!;
            if (Check(current, number, correction.Draft) is { } refusal)
                return refusal;
            write.Connection.Execute(UpdateAnswer, Values(write, id, number, correction.Draft, actor));
            Finish(write, campaign, id, "handover.correct-answer", number, correction.Reason, actor);
            return reader.Find(write, id)!;
        });

    private static Refusal? Check(
        WriteTransaction write,
        Handover current,
        int number,
        AttemptDraft draft,
        out AttemptFacts facts
    )
    {
        var packets = draft.Packets ?? current.Plan.Packets;
        facts = new AttemptFacts(number, draft.On, draft.Outcome, packets);
        if (HandoverRules.RefusePackets(packets, current.Plan.Packets) is { } foreign)
            return foreign;
        if (HandoverLifecycle.Find(current.Progress.State, HandoverAct.Change).Refusal is { } wrong)
            return wrong;
        var others = current.Attempts.Where(one => one.Number != number).Select(one => one.Facts).ToList();
        var carried = current.Attempts.FirstOrDefault(one => one.Number == number)?.Facts.Packets ?? [];
        var added = facts with { Packets = [.. packets.Except(carried)] };
        return HandoverRules.RefuseAttempt(added, others, FindStatuses(write, packets))
            ?? HandoverRules.RefuseHistory([.. others, facts], [.. current.Answers.Select(one => one.Facts)]);
    }

    private static Refusal? Check(Handover current, int number, AnswerDraft draft) =>
        HandoverLifecycle.Find(current.Progress.State, HandoverAct.Change).Refusal
        ?? HandoverRules.RefuseHistory(
            [.. current.Attempts.Select(one => one.Facts)],
            [
                .. current.Answers.Where(one => one.Number != number).Select(one => one.Facts),
                new AnswerFacts(number, draft.On, draft.Kind),
            ]
        );

    private static Dictionary<long, string> FindStatuses(WriteTransaction write, IReadOnlyList<long> packets) =>
        write
            .Connection.Query<StatusRow>(SelectStatuses, new { ids = packets.ToArray() })
            .ToDictionary(row => row.Id, row => row.Status);

    private DynamicParameters Values(
        WriteTransaction write,
        long id,
        long handover,
        AttemptFacts facts,
        AttemptNotes notes,
        Actor actor
    )
    {
        var values = new DynamicParameters(encryption.Encrypt(id, notes));
        values.AddDynamicParams(
            new
            {
                id,
                handover,
                number = facts.Number,
                on = Instant.Text(facts.On),
                facts.Outcome,
                packets = Lists.Write([.. facts.Packets.Select(Ids.Text)]),
                now = write.Now.ToUnixTimeMilliseconds(),
                staff = actor.StaffId,
            }
        );
        return values;
    }

    private static object Values(WriteTransaction write, long handover, int number, AnswerDraft draft, Actor actor) =>
        new
        {
            id = write.NextId(),
            handover,
            number,
            on = Instant.Text(draft.On),
            draft.Kind,
            draft.Summary,
            draft.Source,
            now = write.Now.ToUnixTimeMilliseconds(),
            staff = actor.StaffId,
        };

    private void Finish(
        WriteTransaction write,
        Campaign campaign,
        long id,
        string action,
        int number,
        string? reason,
        Actor actor
    )
    {
        var detail = FormattableString.Invariant($"{number}");
        actor.Audit(write, action, campaign.Slug, Ids.Text(id), reason is null ? detail : $"{detail}: {reason}");
        write.AfterCommit(() => published.Evict(campaign.Id));
    }

    private sealed class StatusRow
    {
        public required long Id { get; init; }
        public required string Status { get; init; }
    }
}
