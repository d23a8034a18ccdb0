using Campaigns.Db.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>
/// An attempt. Place, by, reference and note are null for those who may not see people.
/// </summary>
internal sealed record AttemptView(
    int N,
    DateOnly On,
    string Outcome,
    IReadOnlyList<string> Packets,
    string? Place,
    string? By,
    string? Reference,
    string? Note,
    DateTimeOffset RecordedAt,
    DateTimeOffset? CorrectedAt
)
{
    public static AttemptView From(RecordedAttempt attempt, bool withNotes) =>
        new(
            attempt.Number,
            attempt.Draft.On,
            attempt.Draft.Outcome,
            [.. attempt.Facts.Packets.Select(Ids.Text)],
            withNotes ? attempt.Draft.Notes.Place : null,
            withNotes ? attempt.Draft.Notes.By : null,
            withNotes ? attempt.Draft.Notes.Reference : null,
            withNotes ? attempt.Draft.Notes.Note : null,
            attempt.RecordedAt,
            attempt.CorrectedAt
        );
}

internal sealed record AnswerView(
    int K,
    DateOnly On,
    string Kind,
    string Summary,
    string? Source,
    DateTimeOffset RecordedAt,
    DateTimeOffset? CorrectedAt
)
{
    public static AnswerView From(RecordedAnswer answer) =>
        new(
            answer.Number,
            answer.Draft.On,
            answer.Draft.Kind,
            answer.Draft.Summary,
            answer.Draft.Source,
            answer.RecordedAt,
            answer.CorrectedAt
        );
}

/// <summary>
/// A hand-over. DeliveredOn is the day from which the answer is due; answerRule says how answerDue
/// follows from it. Answer is the one that stands. Place, delegation and note are null for those
/// who may not see people.
/// </summary>
internal sealed record HandoverView(
    string Id,
    string Campaign,
    string Recipient,
    string State,
    bool Overdue,
    string? Occasion,
    DateOnly? PlannedOn,
    string? Time,
    string? Place,
    IReadOnlyList<string>? Delegation,
    string? Note,
    bool Public,
    IReadOnlyList<string> Packets,
    DateOnly? DeliveredOn,
    DateOnly? AnswerDue,
    string? AnswerRule,
    int? DaysWithoutAnswer,
    DateTimeOffset CreatedAt,
    IReadOnlyList<AttemptView> Attempts,
    IReadOnlyList<AnswerView> Answers,
    AnswerView? Answer
)
{
    public static HandoverView From(Handover handover, Campaign campaign, DateOnly today, bool withNotes)
    {
        var clock = HandoverClock.Of(handover, campaign, today);
        var notes = withNotes ? handover.Plan.Notes : null;
        return new HandoverView(
            Ids.Text(handover.Id),
            campaign.Slug,
            handover.Plan.Recipient,
            handover.Progress.State,
            clock.IsOverdue,
            handover.Plan.Occasion,
            handover.Plan.PlannedOn,
            HandoverRequest.TimeText(handover.Plan),
            notes?.Place,
            notes?.Delegation,
            notes?.Note,
            handover.Plan.IsPublic,
            [.. handover.Plan.Packets.Select(Ids.Text)],
            clock.DayZero,
            clock.Due,
            clock.Rule,
            clock.DaysWithoutAnswer,
            handover.CreatedAt,
            [.. handover.Attempts.Select(attempt => AttemptView.From(attempt, withNotes))],
            [.. handover.Answers.Select(AnswerView.From)],
            handover.Answer is { } answer ? AnswerView.From(answer) : null
        );
    }
}

/// <summary>The number of a new attempt.</summary>
internal sealed record CreatedAttemptView(int N);

/// <summary>The number of a new answer.</summary>
internal sealed record CreatedAnswerView(int K);
