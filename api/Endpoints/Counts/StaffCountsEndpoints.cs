using System.Text.Json.Serialization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// The signatures of a country by state. Null: fewer than <see cref="Coarse.Few"/>, and
/// <see cref="Few"/> says so.
/// </summary>
internal sealed record StaffCountryView(
    string Country,
    long? Pending,
    long Confirmed,
    long? Held,
    long Invalidated,
    long Withdrawn,
    long? Expired,
    long Erased
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Pending is null || Held is null || Expired is null;

    public static StaffCountryView From(CountryBuckets row, bool coarse)
    {
        return new(
            row.Country,
            Unconfirmed(SignatureState.Pending),
            row.Buckets[SignatureState.Confirmed],
            Unconfirmed(SignatureState.Held),
            row.Buckets[SignatureState.Invalidated],
            row.Buckets[SignatureState.Withdrawn],
            Unconfirmed(SignatureState.Expired),
            row.Buckets[SignatureState.Erased]
        );

        long? Unconfirmed(string bucket) => coarse ? Coarse.Value(row.Buckets[bucket]) : row.Buckets[bucket];
    }
}

internal sealed record StaffCountsView(
    IReadOnlyList<StaffCountryView> Countries,
    DateTimeOffset? UnconfirmedAsOf,
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
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        var figures = counts.ForStaff(campaign, context.Member().Scope(), coarse);
        return TypedResults.Ok(
            new StaffCountsView(
                [.. figures.Countries.Select(row => StaffCountryView.From(row, coarse))],
                figures.UnconfirmedAsOf,
                figures.Unsealed,
                figures.WithoutSignature,
                figures.Drift ?? 0,
                figures.RecountedAt,
                figures.Days
            )
        );
    }
}
