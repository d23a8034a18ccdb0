using System.Globalization;
using System.Resources;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Handovers;
using Campaigns.Db.Handovers;
using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>
/// Hand-overs as a calendar in the language of the request. A title has the recipient and the day:
/// calendars are kept by services that may not know places and people.
/// </summary>
internal static class HandoverCalendar
{
    private static readonly ResourceManager _texts = new(typeof(CalendarTexts));
    private static readonly ResourceManager _pages = new(typeof(PageTexts));

    public static IResult Write(HttpRequest request, IEnumerable<ReachedHandover> handovers, TimeProvider time)
    {
        var culture = CultureInfo.GetCultureInfo(PageLanguage.Choose(request));
        var days = handovers.SelectMany(found =>
            found
                .Handover.Days(found.Campaign, time.Today(found.Campaign))
                .Select(day => (day, Title(day, HandoverWords.RecipientName(found.Campaign, found.Handover), culture)))
        );
        return TypedResults.Text(
            CalendarFile.Write(_texts.GetString("Name", culture)!, days, time.UtcNow()),
            CalendarFile.MediaType
        );
    }

    private static string Title(CalendarDay day, string recipient, CultureInfo culture) =>
        string.Format(
            culture,
            _texts.GetString("Day." + day.Kind, culture)!,
            recipient,
            day.On.ToString(_pages.GetString("Format.Date", culture), culture)
        );
}
