using System.Text;
using Campaigns.Handovers;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>Calendars as RFC 5545 wants them.</summary>
public sealed class CalendarFileTests
{
    private static readonly DateTimeOffset _now = new(2019, 5, 1, 11, 0, 0, TimeSpan.FromHours(2));
    private static readonly CalendarDay _day = new("handover-17-planned", "planned", new(2019, 5, 17), 3, false);

    [Fact]
    public void Calendar_has_each_day_as_an_event()
    {
        var due = new CalendarDay("handover-17-due", "due", new DateOnly(2019, 6, 16), 4, true);
        Assert.Equal(
            """
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Campaign//Hand-overs//EN
            METHOD:PUBLISH
            X-WR-CALNAME:Days
            BEGIN:VEVENT
            UID:handover-17-planned
            DTSTAMP:20190501T090000Z
            DTSTART;VALUE=DATE:20190517
            SEQUENCE:3
            STATUS:CONFIRMED
            TRANSP:TRANSPARENT
            SUMMARY:One\, two\; three\\\nfour
            END:VEVENT
            BEGIN:VEVENT
            UID:handover-17-due
            DTSTAMP:20190501T090000Z
            DTSTART;VALUE=DATE:20190616
            SEQUENCE:4
            STATUS:CANCELLED
            TRANSP:TRANSPARENT
            SUMMARY:Five
            END:VEVENT
            END:VCALENDAR

            """.ReplaceLineEndings("\r\n"),
            CalendarFile.Write("Days", [(_day, "One, two; three\\\r\nfour"), (due, "Five")], _now)
        );
    }

    // Characters of one to four octets at each place of the fold.
    [Theory, InlineData("a"), InlineData("é"), InlineData("外"), InlineData("😀")]
    public void Line_is_folded_at_75_octets_between_characters(string character)
    {
        for (var before = 0; before < 8; before++)
        {
            var title = new string('x', before) + string.Concat(Enumerable.Repeat(character, 120));
            var octets = Encoding.UTF8.GetBytes(CalendarFile.Write("Days", [(_day, title)], _now));
            var file = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(octets);
            Assert.All(file.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75));
            Assert.Contains($"\r\nSUMMARY:{title}\r\n", file.Replace("\r\n ", ""), StringComparison.Ordinal);
        }
    }
}
