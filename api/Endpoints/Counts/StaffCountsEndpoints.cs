using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Counts;

internal sealed record StaffCountryView(
    string Country,
    long Pending,
    long Confirmed,
    long Held,
    long Invalidated,
    long Withdrawn,
    long Expired,
    long Erased
)
{
    public static StaffCountryView From(CountryBuckets row) =>
        new(
            row.Country,
            row.Buckets[SignatureState.Pending],
            row.Buckets[SignatureState.Confirmed],
            row.Buckets[SignatureState.Held],
            row.Buckets[SignatureState.Invalidated],
            row.Buckets[SignatureState.Withdrawn],
            row.Buckets[SignatureState.Expired],
            row.Buckets[SignatureState.Erased]
        );
}

internal sealed record StaffCountsView(
    IReadOnlyList<StaffCountryView> Countries,
    long Unsealed,
    long WithoutSignature,
    long Drift,
    DateTimeOffset? RecountedAt,
    IReadOnlyList<DayCount> Days
);

internal static class StaffCountsEndpoints
{
    public static void MapStaffCounts(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/campaigns/{slug}/counts", Show)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("getStaffCounts", Tag.StaffRecords, "Counts signatures of every state, by country and by day.")
            .ProducesJson(CountsExamples.Staff);

    private static IResult Show(string slug, HttpContext context, CampaignStore campaigns, CountStore counts)
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var figures = counts.ForStaff(campaign, context.Member().Scope());
        return TypedResults.Ok(
            new StaffCountsView(
                [.. figures.Countries.Select(StaffCountryView.From)],
                figures.Unsealed,
                figures.WithoutSignature,
                figures.Drift ?? 0,
                figures.RecountedAt,
                figures.Days
            )
        );
    }
}
