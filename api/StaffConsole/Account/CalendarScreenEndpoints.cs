using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Account;

/// <summary>A member makes and ends addresses for a calendar program.</summary>
internal static class CalendarScreenEndpoints
{
    public const string Calendars = "/staff/me/calendars";

    public static void MapCalendarScreens(this RouteGroupBuilder screens)
    {
        screens.MapPage("/me/calendars/new", () => PageResults.Page<NewCalendarPage>(new { })).ForMember().Fresh();
        screens.MapPost("/me/calendars", AddAsync).ForMember().Fresh();
        screens.MapPost("/me/calendars/{id}/end", EndAsync).ForMember().Fresh();
    }

    private static async Task<IResult> AddAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var chosen = form["campaign"].ToString();
        var made = await OwnCalendarEndpoints.MakeAsync(request.HttpContext, chosen.Length == 0 ? null : chosen);
        return made.Refusal is null
            // A calendar program sends no language of its reader.
            ? PageResults.Page<NewCalendarPage>(
                new { Url = $"{made.Value.Url}?{PageLanguage.Key}={PageLanguage.Current}" }
            )
            : PageResults.Page<NewCalendarPage>(new { Failed = true }, StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> EndAsync(string id, HttpContext context, CalendarStore calendars) =>
        Ids.TryParse(id, out var calendar) && await calendars.EndAsync(context.Member().Id, calendar)
            ? PageResults.SeeOther(context.Request, AccountEndpoints.Address)
            : PageResults.NotFound();
}
