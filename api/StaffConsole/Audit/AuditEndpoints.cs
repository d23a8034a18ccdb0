using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Inspection;
using Campaigns.Db.Staff;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.StaffConsole.Audit;

/// <summary>Who did what and when, newest first, with filters and as CSV.</summary>
internal static class AuditEndpoints
{
    private static readonly string[] _fields = ["member", "action", "campaign", "from", "to", "search"];

    public static void MapAudit(this RouteGroupBuilder screens)
    {
        screens.MapPage("/audit", ShowAsync).For(Role.Auditor);
        screens.MapPage("/audit.csv", DownloadAsync).For(Role.Auditor);
    }

    private static async Task<IResult> ShowAsync(
        HttpRequest request,
        AuditStore audit,
        StaffStore staff,
        CampaignStore campaigns,
        AuditInspection inspection
    )
    {
        var filter = AuditRequest.Read(request);
        var page = ListRequest.Read(request);
        var wrong = filter.Refusal ?? page.Refusal;
        var lines = wrong is null ? AuditRequest.Page(page.Value!, Newest(filter.Value!), audit) : null;
        return PageResults.Page<AuditPage>(
            new
            {
                Address = Address(request),
                Entries = lines?.Items,
                lines?.Next,
                Members = staff.List(),
                Campaigns = await campaigns.ListAsync(),
                Checked = request.Query["check"] == "1" ? inspection.Check(request.HttpContext.RequestAborted) : null,
                Wrong = wrong?.Errors?.Keys.ToList() ?? [],
            },
            wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );
    }

    private static async Task<IResult> DownloadAsync(
        HttpRequest request,
        AuditStore audit,
        IStringLocalizer<AuditTexts> texts
    )
    {
        var filter = AuditRequest.Read(request);
        if (filter.Value is not { } asked)
            return PageResults.SeeOther(request, Address(request).ToString());
        var response = request.HttpContext.Response;
        response.Headers.ContentDisposition = "attachment; filename=\"audit.csv\"";
        response.ContentType = CsvTable.MediaType;
        await AuditCsv.WriteAsync(response.Body, Newest(asked), audit, texts, request.HttpContext.RequestAborted);
        return Results.Empty;
    }

    private static FilterAddress Address(HttpRequest request) => new("/staff/audit", request.Query, _fields);

    private static AuditFilter Newest(AuditFilter filter) => filter with { NewestFirst = true };
}
