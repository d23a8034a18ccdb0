using System.Globalization;

namespace Campaigns.Handovers;

/// <summary>A day of a hand-over as a calendar knows it.</summary>
/// <param name="Uid">Stays the same for the hand-over and the kind of day.</param>
/// <param name="Kind">One of the constants.</param>
/// <param name="On">The day.</param>
/// <param name="Sequence">Rises with each change of the hand-over, so that a calendar replaces
/// what it has.</param>
/// <param name="IsCancelled">True if the hand-over is given up.</param>
public sealed record CalendarDay(string Uid, string Kind, DateOnly On, long Sequence, bool IsCancelled)
{
    /// <summary>The planned day of the hand-over.</summary>
    public const string Planned = "planned";

    /// <summary>The last day on which an answer is in time.</summary>
    public const string Due = "due";

    /// <summary>The days that a hand-over has.</summary>
    public static IEnumerable<CalendarDay> Of(long handover, HandoverPlan plan, AnswerClock clock, long sequence)
    {
        if (plan.PlannedOn is { } planned)
            yield return Of(handover, Planned, planned, plan, sequence);
        if (clock.Due is { } due)
            yield return Of(handover, Due, due, plan, sequence);
    }

    private static CalendarDay Of(long handover, string kind, DateOnly on, HandoverPlan plan, long sequence) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"handover-{handover}-{kind}"),
            kind,
            on,
            sequence,
            plan.IsCancelled
        );
}
