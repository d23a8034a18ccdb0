using Campaigns.Db.Handovers;
using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>
/// An attempt. Place, by, reference and note are null, and evidence is empty, for those who may not
/// see people.
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
    DateTimeOffset? CorrectedAt,
    IReadOnlyList<EvidenceView> Evidence
)
{
    public static AttemptView From(Handover handover, RecordedAttempt attempt, bool withNotes) =>
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
            attempt.CorrectedAt,
            EvidenceOf(handover, new EvidenceSubject(EvidenceSubject.Attempt, attempt.Number), withNotes)
        );

    internal static IReadOnlyList<EvidenceView> EvidenceOf(Handover handover, EvidenceSubject subject, bool isShown) =>
        isShown ? [.. handover.EvidenceOf(subject).Select(EvidenceView.From)] : [];
}

/// <summary>An answer. Evidence is empty for those who may not see people.</summary>
internal sealed record AnswerView(
    int K,
    DateOnly On,
    string Kind,
    string Summary,
    string? Source,
    DateTimeOffset RecordedAt,
    DateTimeOffset? CorrectedAt,
    IReadOnlyList<EvidenceView> Evidence
)
{
    public static AnswerView From(Handover handover, RecordedAnswer answer, bool withNotes) =>
        new(
            answer.Number,
            answer.Draft.On,
            answer.Draft.Kind,
            answer.Draft.Summary,
            answer.Draft.Source,
            answer.RecordedAt,
            answer.CorrectedAt,
            AttemptView.EvidenceOf(handover, new EvidenceSubject(EvidenceSubject.Answer, answer.Number), withNotes)
        );
}

/// <summary>
/// A hand-over. DeliveredOn is the day from which the answer is due; answerRule says how answerDue
/// follows from it. Answer is the one that stands. Warnings say what in a plan does not fit the
/// recipient. Place, delegation and note are null for those who may not see people.
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
    AnswerView? Answer,
    IReadOnlyList<string> Warnings
)
{
    public static HandoverView From(Handover handover, Campaign campaign, DateOnly today, bool withNotes)
    {
        var clock = handover.Clock(campaign, today);
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
            [.. handover.Attempts.Select(attempt => AttemptView.From(handover, attempt, withNotes))],
            [.. handover.Answers.Select(answer => AnswerView.From(handover, answer, withNotes))],
            handover.Answer is { } standing ? AnswerView.From(handover, standing, withNotes) : null,
            handover.Warnings(campaign, withNotes)
        );
    }
}

/// <summary>The number of a new attempt.</summary>
internal sealed record CreatedAttemptView(int N);

/// <summary>The number of a new answer.</summary>
internal sealed record CreatedAnswerView(int K);
