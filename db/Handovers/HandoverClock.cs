using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>The answer clock of a hand-over, with today's terms and holidays.</summary>
public static class HandoverClock
{
    public static AnswerClock Clock(this Handover handover, Campaign campaign, DateOnly today) =>
        AnswerClock.Compute(
            handover.Progress,
            AnswerTerm.Of(campaign, handover.Plan.Recipient),
            today,
            HolidayCalendar.IsHoliday
        );

    /// <summary>The day in the campaign's time zone.</summary>
    public static DateOnly Today(this TimeProvider time, Campaign campaign) =>
        TimeZones.Day(time.UtcNow(), campaign.TimeZone);
}
