using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Inspection;
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
        null,
        "463856467968002000"
    );

    public static void MapAudit(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/audit", List)
            .RequireRole(Role.Auditor)
            .Describe("listAudit", Tag.StaffRecords, "Lists who did what and when, oldest first.")
            .Parameter("member", "The id of a member, or operator for the command line.", "463856467968002000")
            .Parameter("action", "The action.", "packet.download")
            .Parameter("campaign", "The slug of a campaign.", "chechnya-2019")
            .Parameter("from", "The first instant, or a date.", "2019-05-17")
            .Parameter("to", "The instant after the last one, or the last day.", "2019-05-31")
            .Parameter("search", "Part of the subject or the detail.", "463856467968002048")
            .Parameter("order", "oldest (the default) or newest: which line is first.", AuditRequest.Newest)
            .ProducesList(_example);
        staff
            .MapGet("/audit/check", Check)
            .RequireRole(Role.Auditor)
            .Describe("checkAudit", Tag.StaffRecords, "Checks whether lines of the audit trail were changed.")
            .ProducesJson(AuditCheckView.Example);
    }

    private static IResult Check(AuditInspection inspection, CancellationToken cancellation) =>
        TypedResults.Ok(AuditCheckView.From(inspection.Check(cancellation)));

    private static IResult List(HttpRequest request, AuditStore audit)
    {
        var filter = AuditRequest.Read(request);
        if (filter.Value is not { } asked)
            return filter.Refusal!.ToProblem();
        var page = ListRequest.Read(request);
        return page.Value is { } list
            ? TypedResults.Ok(AuditRequest.Page(list, asked, audit))
            : page.Refusal!.ToProblem();
    }
}
