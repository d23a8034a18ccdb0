using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;
using Campaigns.Worker;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>A calendar address; campaign is null for every one that the member reaches.</summary>
internal sealed record CalendarView(string Id, string? Campaign, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt);

internal sealed record CalendarRequest(string? Campaign);

/// <summary>A new calendar address; it is not shown again.</summary>
internal sealed record NewCalendarView(string Id, string Url);

/// <summary>
/// The addresses by which a member's calendar program reads the days of hand-overs.
/// </summary>
internal static class OwnCalendarEndpoints
{
    private static readonly DateTimeOffset _day = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static void MapOwnCalendars(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/me/calendars", List)
            .RequireMember()
            .Describe("listOwnCalendars", Tag.StaffAccess, "Lists the member's calendar addresses that work.")
            .ProducesJson(
                new ListView<CalendarView>([new CalendarView("463856467968002048", "stop-the-raids", _day, _day)], null)
            );
        staff
            .MapPost("/me/calendars", AddAsync)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireFreshSession()
            .Describe(
                "addOwnCalendar",
                Tag.StaffAccess,
                "Makes an address by which a calendar program reads the days of hand-overs; it is not shown again."
            )
            .AcceptsJson(new CalendarRequest("stop-the-raids"))
            .ProducesJson(
                new NewCalendarView("463856467968002048", "https://petitions.example.org/calendar/….ics"),
                StatusCodes.Status201Created
            )
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
        staff
            .MapDelete("/me/calendars/{id}", EndAsync)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireFreshSession()
            .Describe("endOwnCalendar", Tag.StaffAccess, "Ends a calendar address of the member.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
    }

    /// <summary>
    /// Makes an address for the member of this request. Refused for a campaign that the member does
    /// not reach.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="slug">The only campaign; null for every one that the member reaches.</param>
    public static async Task<Outcome<(long Id, string Url)>> MakeAsync(HttpContext context, string? slug)
    {
        var services = context.RequestServices;
        var campaign = slug is null ? null : context.FindCampaign(services.GetRequiredService<CampaignStore>(), slug);
        if (slug is not null && campaign is null)
            return Refusal.Validation("campaign", "There is no such campaign.");
        var made = await services.GetRequiredService<CalendarStore>().AddAsync(context.Member().Id, campaign);
        return (made.Id, $"{services.GetRequiredService<PublicAddress>().Url}/calendar/{made.Token}.ics");
    }

    private static IResult List(HttpContext context, CalendarStore calendars, CampaignStore campaigns) =>
        TypedResults.Ok(
            new ListView<CalendarView>(
                [
                    .. calendars
                        .List(context.Member().Id)
                        .Select(one => new CalendarView(
                            Ids.Text(one.Id),
                            one.CampaignId is { } campaign ? campaigns.Get(campaign).Slug : null,
                            one.CreatedAt,
                            one.UsedAt
                        )),
                ],
                null
            )
        );

    private static async Task<IResult> AddAsync(HttpRequest request)
    {
        var body = await JsonBody.ReadAsync<CalendarRequest>(request, JsonBody.Small, fields =>
        {
            fields.Only("campaign");
            var campaign = fields.String("campaign");
            return fields.Errors.ToRefusal() is { } refusal ? refusal : new CalendarRequest(campaign);
        });
        if (body.Value is not { } asked)
            return body.Refusal!.ToProblem();
        var made = await MakeAsync(request.HttpContext, asked.Campaign);
        return made.Refusal is { } refused
            ? refused.ToProblem()
            : TypedResults.Json(
                new NewCalendarView(Ids.Text(made.Value.Id), made.Value.Url),
                statusCode: StatusCodes.Status201Created
            );
    }

    private static async Task<IResult> EndAsync(string id, HttpContext context, CalendarStore calendars) =>
        Ids.TryParse(id, out var one) && await calendars.EndAsync(context.Member().Id, one)
            ? TypedResults.NoContent()
            : Refusal.NotFound.ToProblem();
}
