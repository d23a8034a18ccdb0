using System.Globalization;
using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

// The bodies for the OpenAPI document, and what merge patches apply to; HandoverRequestParser reads the fields.

/// <summary>
/// A planned hand-over. It carries at least one packet of the recipient. The time is local to the
/// recipient. Public missing is false.
/// </summary>
internal sealed record HandoverRequest(
    string Recipient,
    IReadOnlyList<string> Packets,
    string? Occasion = null,
    DateOnly? PlannedOn = null,
    string? Time = null,
    string? Place = null,
    IReadOnlyList<string>? Delegation = null,
    string? Note = null,
    bool Public = false
)
{
    public static HandoverRequest From(HandoverPlan plan) =>
        new(
            plan.Recipient,
            [.. plan.Packets.Select(Ids.Text)],
            plan.Occasion,
            plan.PlannedOn,
            TimeText(plan),
            plan.Notes.Place,
            plan.Notes.Delegation,
            plan.Notes.Note,
            plan.IsPublic
        );

    public static string? TimeText(HandoverPlan plan) =>
        plan.Time?.ToString(HandoverRequestParser.TimeFormat, CultureInfo.InvariantCulture);
}

/// <summary>
/// A merge patch of a plan (RFC 7396). The state cancelled gives the plan up. The recipient cannot
/// be changed.
/// </summary>
internal sealed record ChangeHandoverRequest(
    IReadOnlyList<string>? Packets = null,
    string? Occasion = null,
    DateOnly? PlannedOn = null,
    string? Time = null,
    string? Place = null,
    IReadOnlyList<string>? Delegation = null,
    string? Note = null,
    bool? Public = null,
    string? State = null
);

/// <summary>
/// An attempt to hand over. Packets missing are all of the hand-over. Outcome is received,
/// left-outside, refused, posted or returned.
/// </summary>
internal sealed record AttemptRequest(
    DateOnly On,
    string Outcome,
    string? Place = null,
    string? By = null,
    string? Reference = null,
    IReadOnlyList<string>? Packets = null,
    string? Note = null
)
{
    public static AttemptRequest From(AttemptDraft draft) =>
        new(
            draft.On,
            draft.Outcome,
            draft.Notes.Place,
            draft.Notes.By,
            draft.Notes.Reference,
            draft.Packets is { } packets ? [.. packets.Select(Ids.Text)] : null,
            draft.Notes.Note
        );
}

/// <summary>A merge patch of an attempt, and why it is corrected.</summary>
internal sealed record CorrectAttemptRequest(
    string Reason,
    DateOnly? On = null,
    string? Outcome = null,
    string? Place = null,
    string? By = null,
    string? Reference = null,
    IReadOnlyList<string>? Packets = null,
    string? Note = null
);

/// <summary>
/// An answer of the recipient. Kind is full, partial, refused or acknowledged. The summary is
/// public if the hand-over is.
/// </summary>
internal sealed record AnswerRequest(DateOnly On, string Kind, string Summary, string? Source = null)
{
    public static AnswerRequest From(AnswerDraft draft) => new(draft.On, draft.Kind, draft.Summary, draft.Source);
}

/// <summary>A merge patch of an answer, and why it is corrected.</summary>
internal sealed record CorrectAnswerRequest(
    string Reason,
    DateOnly? On = null,
    string? Kind = null,
    string? Summary = null,
    string? Source = null
);
