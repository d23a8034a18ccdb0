using Campaigns.Db.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

internal sealed record PublicAttemptView(DateOnly On, string Outcome);

internal sealed record PublicAnswerView(DateOnly On, string Kind, string Summary);

/// <summary>
/// A public hand-over: nothing of who went there, where, or what staff noted. DaysWithoutAnswer is
/// null before the delivery and once answered.
/// </summary>
internal sealed record PublicHandoverView(
    string Recipient,
    string State,
    DateOnly? PlannedOn,
    DateOnly? DeliveredOn,
    IReadOnlyList<PublicAttemptView> Attempts,
    DateOnly? AnswerDue,
    int? DaysWithoutAnswer,
    PublicAnswerView? Answer
)
{
    public static PublicHandoverView From(Handover handover, Campaign campaign, DateOnly today)
    {
        var clock = handover.Clock(campaign, today);
        return new PublicHandoverView(
            handover.Plan.Recipient,
            handover.Progress.State,
            handover.Plan.PlannedOn,
            clock.DayZero,
            [.. handover.Attempts.Select(attempt => new PublicAttemptView(attempt.Draft.On, attempt.Draft.Outcome))],
            clock.Due,
            clock.DaysWithoutAnswer,
            handover.Answer?.Draft is { } answer ? new PublicAnswerView(answer.On, answer.Kind, answer.Summary) : null
        );
    }
}
