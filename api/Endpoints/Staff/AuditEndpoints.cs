using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Staff;

internal static class AuditEndpoints
{
    private static readonly AuditEntry _example = new(
        "463856467968002048",
        new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
        "Kari",
        "campaign.open",
        "chechnya-2019",
        null,
        null
    );

    public static void MapAudit(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/audit", List)
            .RequireRole(Role.Auditor)
            .Describe("listAudit", Tag.StaffRecords, "Lists who did what and when, oldest first.")
            .Parameter("from", "The first instant, or a date.", "2019-05-17")
            .ProducesList(_example);

    private static IResult List(string? from, HttpRequest request, AuditStore audit)
    {
        var since = DateTimeOffset.UnixEpoch;
        if (from is not null && !Instant.TryParse(from, out since))
        {
            if (!Instant.TryParseDate(from, out var day))
                return Refusal
                    .Validation("from", "This must be an instant such as 2019-05-17T09:00:00.000Z, or a date.")
                    .ToProblem();
            since = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        }
        var page = ListRequest.Read(request);
        return page.Value is { } asked
            ? TypedResults.Ok(
                asked.Page(
                    audit.List(since, asked.After ?? 0, asked.Rows),
                    entry => Ids.TryParse(entry.Id, out var id) ? id : 0,
                    entry => entry
                )
            )
            : page.Refusal!.ToProblem();
    }
}
