using Campaigns.Api.Http;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Staff;

internal static class AuditEndpoints
{
    private const int PageSize = 1000;

    public static void MapAudit(this RouteGroupBuilder staff) =>
        staff.MapGet("/audit", List).RequireRole(Role.Auditor).Produces<AuditEntry[]>().ProducesProblems("validation");

    /// <summary>
    /// Oldest first, at most 1,000; <c>after</c> is the id of the last line seen.
    /// </summary>
    private static IResult List(string? from, string? after, AuditStore audit)
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
        long last = 0;
        if (after is not null && !Ids.TryParse(after, out last))
            return Refusal.Validation("after", "This must be the id of the last line seen.").ToProblem();
        return TypedResults.Ok(audit.List(since, last, PageSize));
    }
}
