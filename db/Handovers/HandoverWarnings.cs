using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>What in the plan of a hand-over does not fit its recipient.</summary>
public static class HandoverWarnings
{
    private static readonly HandoverNotes _noNotes = new(null, null, null);

    /// <param name="handover">The hand-over.</param>
    /// <param name="campaign">Its campaign.</param>
    /// <param name="withNotes">False for those who may not see people, who get no warning about the
    /// delegation.</param>
    public static IReadOnlyList<string> Warnings(this Handover handover, Campaign campaign, bool withNotes) =>
        PlanWarnings.Find(
            withNotes ? handover.Plan : handover.Plan with { Notes = _noNotes },
            campaign.Recipients.FirstOrDefault(one => one.Key == handover.Plan.Recipient),
            handover.Progress.State,
            TimeZones.Day(handover.CreatedAt, campaign.TimeZone)
        );
}
