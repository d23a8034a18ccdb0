using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>The days of hand-overs for calendar programs.</summary>
internal static class CalendarEndpoints
{
    private static readonly string[] _readers = [Role.Campaigner, Role.Organiser, Role.Auditor];

    public static void MapHandoverCalendar(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/handovers/{id}/calendar.ics", ShowAsync)
            .RequireRole(_readers)
            .Describe(
                "getHandoverCalendar",
                Tag.StaffHandovers,
                "The planned day of a hand-over and the day on which its answer is due, as a calendar."
            )
            .Parameter("lang", "The language of titles: en, nl or nb; without it Accept-Language.", "nl")
            .ProducesText<string>(CalendarFile.MediaType.Split(';')[0], "BEGIN:VCALENDAR…")
            .ProducesHeader(200, "Content-Disposition", "The name of the file.", Disposition("463856467968002060"))
            .ProducesProblems(Refusal.Overloaded);

    /// <summary>
    /// The addresses that a calendar program reads without a session or a Bearer.
    /// </summary>
    public static void MapCalendars(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/calendar/{token}.ics", SubscribeAsync)
            .WithMetadata(new RequiredRoles(_readers))
            .RequireNetworkLimit(NetworkLimit.Other)
            .ExcludeFromDescription();

    /// <summary>The address of the calendar of a hand-over.</summary>
    public static string AddressOf(string id) => HandoverEndpoints.AddressOf(id) + "/calendar.ics";

    private static async Task<IResult> ShowAsync(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        AuditStore audit,
        TimeProvider time
    )
    {
        if (context.FindHandover(campaigns, handovers, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        await audit.WriteAsync(context.Actor(), HandoverEndpoints.LookAction, found.Campaign.Slug, id);
        context.Response.Headers.ContentDisposition = Disposition(id);
        return HandoverCalendar.Write(context.Request, [found], time);
    }

    private static async Task<IResult> SubscribeAsync(
        string token,
        HttpContext context,
        CalendarStore calendars,
        CampaignStore campaigns,
        HandoverReader handovers,
        TimeProvider time
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        if (
            calendars.Find(token) is not { } holder
            || StaffAccess.Check(context, new SignedIn(holder.Member, ReadOnly: true, Session: null)) is not null
        )
            return PageResults.NotFound();
        var (member, calendar) = holder;
        IReadOnlyList<Campaign> asked = calendar.CampaignId is { } one
            ? [await campaigns.GetAsync(one)]
            : await campaigns.ListAsync();
        var reached = asked.Where(member.Reaches).ToDictionary(campaign => campaign.Id);
        if (calendar.CampaignId is not null && reached.Count == 0)
            return PageResults.NotFound();
        await calendars.UseAsync(calendar);
        var found = handovers
            .ListOf([.. reached.Keys])
            .Select(handover => new ReachedHandover(reached[handover.CampaignId], handover))
            .Where(found => HandoverRules.IsInScope(found.Campaign, found.Handover.Plan.Recipient, member.Scope()));
        return HandoverCalendar.Write(context.Request, found, time);
    }

    private static string Disposition(string id) => $"attachment; filename=\"handover-{id}.ics\"";
}
