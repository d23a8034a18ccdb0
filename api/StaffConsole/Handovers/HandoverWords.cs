using Campaigns.Db.Handovers;
using Campaigns.Handovers;

namespace Campaigns.Api.StaffConsole.Handovers;

/// <summary>What several screens say of a hand-over.</summary>
internal static class HandoverWords
{
    /// <summary>The columns of the board, in their order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        Overdue,
        HandoverState.Planned,
        HandoverState.Attempted,
        HandoverState.Delivered,
        HandoverState.Answered,
        HandoverState.Cancelled,
    ];

    public const string Overdue = "overdue";

    /// <summary>The column of the board.</summary>
    public static string Column(Handover handover, AnswerClock clock) =>
        clock.IsOverdue ? Overdue : handover.Progress.State;

    /// <summary>
    /// The name of the recipient now; the key of one that the campaign does not have any more.
    /// </summary>
    public static string RecipientName(Campaign campaign, Handover handover) =>
        campaign.Recipients.FirstOrDefault(one => one.Key == handover.Plan.Recipient)?.Name ?? handover.Plan.Recipient;
}
