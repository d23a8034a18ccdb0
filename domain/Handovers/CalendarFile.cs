using System.Globalization;
using System.Text;

namespace Campaigns.Handovers;

/// <summary>
/// Writes days as iCalendar (RFC 5545). Rejected: Ical.Net, which splits a character outside the
/// basic plane where it folds a line, and brings a database of time zones.
/// </summary>
public static class CalendarFile
{
    public const string MediaType = "text/calendar; charset=utf-8";

    /// <summary>The most octets of a line, without its end.</summary>
    private const int LineOctets = 75;

    private const string LineEnd = "\r\n";

    /// <param name="name">What a program calls the calendar.</param>
    /// <param name="days">Each day with its title.</param>
    /// <param name="now">The time of writing.</param>
    public static string Write(string name, IEnumerable<(CalendarDay Day, string Title)> days, DateTimeOffset now)
    {
        var file = new StringBuilder();
        Add(file, "BEGIN:VCALENDAR");
        Add(file, "VERSION:2.0");
        Add(file, "PRODID:-//Campaign//Hand-overs//EN");
        Add(file, "METHOD:PUBLISH");
        Add(file, "X-WR-CALNAME:" + Escape(name));
        foreach (var (day, title) in days)
        {
            Add(file, "BEGIN:VEVENT");
            Add(file, "UID:" + day.Uid);
            Add(file, Invariant($"DTSTAMP:{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}"));
            Add(file, Invariant($"DTSTART;VALUE=DATE:{day.On:yyyyMMdd}"));
            Add(file, Invariant($"SEQUENCE:{day.Sequence}"));
            Add(file, day.IsCancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
            Add(file, "TRANSP:TRANSPARENT");
            Add(file, "SUMMARY:" + Escape(title));
            Add(file, "END:VEVENT");
        }
        Add(file, "END:VCALENDAR");
        return file.ToString();
    }

    // A line goes on after a line end and a space. A character is not split.
    private static void Add(StringBuilder file, string line)
    {
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > LineOctets)
            {
                file.Append(LineEnd).Append(' ');
                octets = 1;
            }
            file.Append(rune);
            octets += rune.Utf8SequenceLength;
        }
        file.Append(LineEnd);
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
            if (character is '\\' or ';' or ',')
                escaped.Append('\\').Append(character);
            else if (character == '\n')
                escaped.Append("\\n");
            else if (!char.IsControl(character))
                escaped.Append(character);
        return escaped.ToString();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
