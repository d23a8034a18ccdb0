using System.Globalization;
using Campaigns.Db.Handovers;
using Campaigns.Handovers;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>When an answer is due, with the real holidays.</summary>
public sealed class AnswerClockTests
{
    [Theory]
    // Calendar days: the term may end on any day.
    [InlineData("2019-05-17", 30, null, "2019-06-16")] // a Sunday
    [InlineData("2019-05-16", 1, null, "2019-05-17")]
    [InlineData("2019-12-24", 1, null, "2019-12-25")]
    [InlineData("2019-12-31", 1, null, "2020-01-01")]
    [InlineData("2019-01-31", 1, null, "2019-02-01")]
    [InlineData("2019-05-17", 90, null, "2019-08-15")]
    [InlineData("2020-02-28", 1, null, "2020-02-29")] // leap day
    [InlineData("2020-02-28", 2, null, "2020-03-01")]
    [InlineData("2019-02-28", 1, null, "2019-03-01")]
    [InlineData("2020-02-29", 365, null, "2021-02-28")]
    [InlineData("2020-02-29", 366, null, "2021-03-01")]
    [InlineData("2019-01-01", 3650, null, "2028-12-29")]
    // Working days in London.
    [InlineData("2019-05-13", 1, "GB", "2019-05-14")]
    [InlineData("2019-05-17", 1, "GB", "2019-05-20")] // from a Friday
    [InlineData("2019-05-18", 1, "GB", "2019-05-20")] // from a Saturday
    [InlineData("2019-05-19", 1, "GB", "2019-05-20")] // from a Sunday
    [InlineData("2019-05-19", 5, "GB", "2019-05-24")]
    [InlineData("2019-05-17", 20, "GB", "2019-06-17")] // over the spring bank holiday
    [InlineData("2019-04-18", 1, "GB", "2019-04-23")] // Easter
    [InlineData("2019-04-17", 2, "GB", "2019-04-23")]
    [InlineData("2019-04-20", 1, "GB", "2019-04-23")] // from Easter Saturday
    [InlineData("2019-05-03", 1, "GB", "2019-05-07")] // early May
    [InlineData("2019-05-24", 1, "GB", "2019-05-28")]
    [InlineData("2019-08-23", 1, "GB", "2019-08-27")]
    [InlineData("2019-12-24", 1, "GB", "2019-12-27")]
    [InlineData("2019-12-31", 1, "GB", "2020-01-02")]
    [InlineData("2019-12-02", 20, "GB", "2020-01-02")] // over the new year
    [InlineData("2020-05-01", 1, "GB", "2020-05-04")] // the bank holiday that moved
    [InlineData("2020-05-07", 1, "GB", "2020-05-11")]
    [InlineData("2021-12-24", 1, "GB", "2021-12-29")] // substitute days
    [InlineData("2022-06-01", 1, "GB", "2022-06-06")] // a jubilee
    [InlineData("2022-09-16", 1, "GB", "2022-09-20")] // a funeral
    [InlineData("2023-05-05", 1, "GB", "2023-05-09")] // a coronation
    [InlineData("2020-02-28", 1, "GB", "2020-03-02")] // the leap day is a Saturday
    [InlineData("2024-02-28", 1, "GB", "2024-02-29")] // the leap day counts
    [InlineData("2020-02-24", 10, "GB", "2020-03-09")]
    // Working days in Norway.
    [InlineData("2019-05-16", 1, "NO", "2019-05-20")] // 17 May is a Friday
    [InlineData("2019-05-16", 2, "NO", "2019-05-21")]
    [InlineData("2018-05-16", 1, "NO", "2018-05-18")] // 17 May is a Thursday
    [InlineData("2020-05-15", 1, "NO", "2020-05-18")] // 17 May is a Sunday: no day in its place
    [InlineData("2019-05-17", 1, "NO", "2019-05-20")] // delivered on 17 May
    [InlineData("2019-05-17", 20, "NO", "2019-06-18")]
    [InlineData("2019-04-17", 1, "NO", "2019-04-23")] // Maundy Thursday too
    [InlineData("2019-04-30", 1, "NO", "2019-05-02")]
    [InlineData("2019-05-29", 1, "NO", "2019-05-31")] // Ascension
    [InlineData("2019-06-07", 1, "NO", "2019-06-11")] // Whit Monday
    // Elsewhere.
    [InlineData("2018-04-26", 1, "NL", "2018-04-30")] // King's Day
    [InlineData("2019-04-19", 1, "NL", "2019-04-23")]
    [InlineData("2019-04-18", 1, "NL", "2019-04-19")] // Good Friday is a working day
    [InlineData("2019-10-02", 1, "DE", "2019-10-04")]
    [InlineData("2019-07-03", 1, "US", "2019-07-05")]
    public void Due_day_counts_from_the_day_after_delivery(string dayZero, int days, string? country, string due)
    {
        var term =
            country is null ? AnswerTerm.OfDays(days) : new AnswerTerm(days, AnswerTerm.Working, country);
        Assert.Equal(Day(due), AnswerClock.DueOn(Day(dayZero), term, HolidayCalendar.IsHoliday));
    }

    [Theory]
    [InlineData("delivered", "2019-05-17", 0, false)]
    [InlineData("delivered", "2019-06-15", 29, false)]
    [InlineData("delivered", "2019-06-16", 30, false)] // the last day in time
    [InlineData("delivered", "2019-06-17", 31, true)]
    [InlineData("delivered", "2019-05-16", 0, false)] // the clock of the server went back
    [InlineData("answered", "2019-06-17", null, false)]
    public void Answer_is_overdue_from_the_day_after(string state, string today, int? without, bool overdue)
    {
        var progress = new HandoverProgress(state, Day("2019-05-17"), null);
        var clock = AnswerClock.Compute(progress, AnswerTerm.OfDays(30), Day(today), HolidayCalendar.IsHoliday);
        Assert.Equal(
            (Day("2019-06-16"), without, overdue),
            (clock.Due!.Value, clock.DaysWithoutAnswer, clock.IsOverdue)
        );
    }

    [Fact]
    public void Clock_without_delivery_or_term_has_no_due_day()
    {
        var today = Day("2020-01-01");
        Assert.Equal(
            new AnswerClock(null, null, null, null, false),
            Compute(new HandoverProgress(HandoverState.Attempted, null, null), AnswerTerm.OfDays(30))
        );
        Assert.Equal(
            new AnswerClock(Day("2019-05-17"), null, null, 229, false),
            Compute(new HandoverProgress(HandoverState.Delivered, Day("2019-05-17"), null), null)
        );

        AnswerClock Compute(HandoverProgress progress, AnswerTerm? term) =>
            AnswerClock.Compute(progress, term, today, HolidayCalendar.IsHoliday);
    }

    [Fact]
    public void Changed_terms_move_the_due_day_of_a_running_clock()
    {
        var progress = new HandoverProgress(HandoverState.Delivered, Day("2019-05-17"), null);
        var today = Day("2019-06-17");
        Assert.True(AnswerClock.Compute(progress, AnswerTerm.OfDays(30), today, HolidayCalendar.IsHoliday).IsOverdue);
        var working = new AnswerTerm(20, AnswerTerm.Working, "GB");
        Assert.False(AnswerClock.Compute(progress, working, today, HolidayCalendar.IsHoliday).IsOverdue);
    }

    [Fact]
    public void Rule_is_in_words()
    {
        Assert.Equal(
            "30 calendar days after delivery on 2019-05-17. Weekends and holidays count.",
            AnswerClock.Explain(Day("2019-05-17"), AnswerTerm.OfDays(30))
        );
        Assert.Equal(
            "1 working day of Norway after delivery on 2019-05-17. "
                + "Saturdays, Sundays and public holidays do not count.",
            AnswerClock.Explain(Day("2019-05-17"), new AnswerTerm(1, AnswerTerm.Working, "NO"))
        );
    }

    [Fact]
    public void Term_of_the_recipient_comes_before_that_of_the_campaign()
    {
        var campaign = SampleCampaign.Create() with { AnswerWithinDays = 30 };
        var own = new AnswerTerm(20, AnswerTerm.Working, "GB");
        var changed = campaign with
        {
            Recipients = [campaign.Recipients[0] with { AnswerWithin = own }, .. campaign.Recipients.Skip(1)],
        };
        Assert.Equal(AnswerTerm.OfDays(30), AnswerTerm.Of(campaign, "embassy"));
        Assert.Equal(own, AnswerTerm.Of(changed, "embassy"));
        Assert.Equal(AnswerTerm.OfDays(30), AnswerTerm.Of(changed, "office"));
        Assert.Null(AnswerTerm.Of(campaign with { AnswerWithinDays = null }, "embassy"));
    }

    [Fact]
    public void Every_country_with_holidays_is_a_country_and_has_some()
    {
        string[] expected = ["GB", "NL", "NO", "DE", "FR", "US", "PL"];
        Assert.All(expected, code => Assert.Contains(code, HolidayCalendar.Countries));
        Assert.DoesNotContain("PO", HolidayCalendar.Countries);
        foreach (var country in HolidayCalendar.Countries)
            Assert.Contains(
                Enumerable.Range(0, 366).Select(new DateOnly(2024, 1, 1).AddDays),
                day => HolidayCalendar.IsHoliday(country, day)
            );
    }

    private static DateOnly Day(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
