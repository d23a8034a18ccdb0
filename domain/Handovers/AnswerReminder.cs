namespace Campaigns.Handovers;

/// <summary>When staff are reminded that an answer is due.</summary>
public static class AnswerReminder
{
    /// <summary>The reminder from the first day of being overdue.</summary>
    public const int Overdue = -1;

    /// <summary>
    /// The reminder whose time has come: 7, 1 or 0 days before the last day, or
    /// <see cref="Overdue"/>; null for none. A day on which no worker ran is made up for by the
    /// next one.
    /// </summary>
    public static int? Find(AnswerClock clock, DateOnly today)
    {
        if (clock is not { DaysWithoutAnswer: not null, Due: { } due })
            return null;
        return (due.DayNumber - today.DayNumber) switch
        {
            < 0 => Overdue,
            0 => 0,
            1 => 1,
            <= AnswerClock.DueSoon => AnswerClock.DueSoon,
            _ => null,
        };
    }
}
