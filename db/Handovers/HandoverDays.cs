using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>The days of a hand-over for a calendar.</summary>
public static class HandoverDays
{
    public static IEnumerable<CalendarDay> Days(this Handover handover, Campaign campaign, DateOnly today) =>
        CalendarDay.Of(handover.Id, handover.Plan, handover.Clock(campaign, today), Sequence(handover, campaign));

    // The plan and the campaign, whose terms and names count too, have versions. Attempts and answers have the time
    // of their record, which only rises.
    private static long Sequence(Handover handover, Campaign campaign) =>
        handover.Version + campaign.Version + (long)(LastRecordedAt(handover) - handover.CreatedAt).TotalSeconds;

    private static DateTimeOffset LastRecordedAt(Handover handover) =>
        handover
            .Attempts.Select(attempt => attempt.CorrectedAt ?? attempt.RecordedAt)
            .Concat(handover.Answers.Select(answer => answer.CorrectedAt ?? answer.RecordedAt))
            .Append(handover.CreatedAt)
            .Max();
}
