using System.Globalization;

namespace Campaigns.Handovers;

/// <summary>
/// When the answer to a delivered hand-over is due. The model is Alaveteli: day zero is the day of
/// delivery, day one the next day that counts.
/// </summary>
/// <param name="DayZero">The day of delivery; null while the clock does not run.</param>
/// <param name="Due">The last day on which an answer is in time; null without day zero or
/// term.</param>
/// <param name="Rule">The rule in words; null without <paramref name="Due"/>.</param>
/// <param name="DaysWithoutAnswer">Days since day zero; null without one, and once
/// answered.</param>
/// <param name="IsOverdue">True from the day after <paramref name="Due"/> until an answer.</param>
public sealed record AnswerClock(DateOnly? DayZero, DateOnly? Due, string? Rule, int? DaysWithoutAnswer, bool IsOverdue)
{
    /// <summary>How many days before the last one an answer is due soon.</summary>
    public const int DueSoon = 7;

    /// <summary>
    /// True while an answer is awaited and its last day is at most <see cref="DueSoon"/> days away.
    /// </summary>
    public bool IsDueSoon(DateOnly today) =>
        DaysWithoutAnswer is not null && !IsOverdue && Due is { } due && due <= today.AddDays(DueSoon);

    /// <param name="progress">How far the hand-over is.</param>
    /// <param name="term">The term now: a change applies to running clocks too.</param>
    /// <param name="today">The day in the campaign's time zone.</param>
    /// <param name="isHoliday">True for a public holiday of a country.</param>
    public static AnswerClock Compute(
        HandoverProgress progress,
        AnswerTerm? term,
        DateOnly today,
        Func<string, DateOnly, bool> isHoliday
    )
    {
        if (progress.DayZero is not { } dayZero)
            return new AnswerClock(null, null, null, null, false);
        var waits = progress.State == HandoverState.Delivered;
        var due = term is null ? (DateOnly?)null : DueOn(dayZero, term, isHoliday);
        return new AnswerClock(
            dayZero,
            due,
            term is null ? null : Explain(dayZero, term),
            waits ? Math.Max(0, today.DayNumber - dayZero.DayNumber) : null,
            waits && due < today
        );
    }

    /// <summary>
    /// The last day of the term. A calendar term may end on any day; a working term ends on a
    /// working day, because only working days are counted.
    /// </summary>
    public static DateOnly DueOn(DateOnly dayZero, AnswerTerm term, Func<string, DateOnly, bool> isHoliday)
    {
        if (term.Kind == AnswerTerm.Calendar)
            return dayZero.AddDays(term.Days);
        var day = dayZero;
        for (var left = term.Days; left > 0;)
        {
            day = day.AddDays(1);
            if (!IsWeekend(day) && !isHoliday(term.Holidays!, day))
                left--;
        }
        return day;
    }

    /// <summary>The rule in words, with the day from which it counts.</summary>
    public static string Explain(DateOnly dayZero, AnswerTerm term)
    {
        var from = Instant.Text(dayZero);
        var days = string.Create(CultureInfo.InvariantCulture, $"{term.Days}");
        var noun = term.Days == 1 ? "day" : "days";
        return term.Kind == AnswerTerm.Calendar
            ? $"{days} calendar {noun} after delivery on {from}. Weekends and holidays count."
            : $"{days} working {noun} of {Country.Name(term.Holidays!, "en")} after delivery on {from}. "
                + "Saturdays, Sundays and public holidays do not count.";
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
