using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Letters;

internal sealed record SuppressionCountView(string Reason, long Addresses);

internal sealed record SuppressionCountsView(IReadOnlyList<SuppressionCountView> Counts);

internal sealed record AddressRequest(string Email);

internal sealed record LiftRequest(string Reason);

/// <summary>A suppression; null as its campaign stands for all.</summary>
internal sealed record SuppressionView(
    string Id,
    string? Campaign,
    string Reason,
    DateTimeOffset Since,
    DateTimeOffset Until
)
{
    public static SuppressionView Example { get; } =
        new(
            "463856467968002048",
            "chechnya-2019",
            "not-me",
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2019, 8, 15, 9, 0, 0, TimeSpan.Zero)
        );
}

/// <summary>
/// Addresses that get no letters: figures, and for one address that its owner wrote from, the way
/// back.
/// </summary>
internal static class SuppressionEndpoints
{
    public static void MapSuppressions(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/suppressions", Count)
            .RequireRole(Role.Campaigner)
            .Describe("countSuppressions", Tag.StaffRecords, "Counts the addresses that get no letters, by reason.")
            .ProducesJson(new SuppressionCountsView([new SuppressionCountView("not-me", 3)]));
        staff
            .MapPost("/suppressions/find", Find)
            .RequireRole(Role.Campaigner)
            .Describe("findSuppressions", Tag.StaffRecords, "Finds the suppressions of an address. Audited.")
            .AcceptsJson(new AddressRequest("kari@example.org"))
            .ProducesJson(new ListView<SuppressionView>([SuppressionView.Example], null))
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
        staff
            .MapPost("/suppressions/{id}/lift", Lift)
            .RequireRole(Role.Campaigner)
            .Describe("liftSuppression", Tag.StaffRecords, "Lets an address sign and get letters again. Audited.")
            .AcceptsJson(new LiftRequest("The owner asked for it by phone."))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
    }

    private static IResult Count(string slug, CampaignStore campaigns, SuppressionStore suppressions) =>
        campaigns.Find(slug) is { } campaign
            ? TypedResults.Ok(
                new SuppressionCountsView([
                    .. suppressions
                        .Count(campaign.Id)
                        .Select(count => new SuppressionCountView(count.Reason, count.Addresses)),
                ])
            )
            : Refusal.NotFound.ToProblem();

    // POST, because an address belongs in no URL.
    private static async Task<IResult> Find(HttpRequest request, SuppressionStore suppressions, CampaignStore campaigns)
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, TextFields.ReadEmail);
        if (body.Value is not { } email)
            return body.Refusal!.ToProblem();
        var found = await suppressions.FindAsync(email, request.HttpContext.Actor());
        return TypedResults.Ok(
            new ListView<SuppressionView>(
                [
                    .. found.Select(one => new SuppressionView(
                        Ids.Text(one.Id),
                        one.CampaignId is { } campaignId ? campaigns.Get(campaignId).Slug : null,
                        one.Reason,
                        one.CreatedAt,
                        one.Until
                    )),
                ],
                null
            )
        );
    }

    private static async Task<IResult> Lift(string id, HttpRequest request, SuppressionStore suppressions)
    {
        if (!Ids.TryParse(id, out var suppression) || !suppressions.Has(suppression))
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, TextFields.ReadReason);
        if (body.Value is not { } reason)
            return body.Refusal!.ToProblem();
        return (await suppressions.LiftAsync(suppression, reason, request.HttpContext.Actor())).ToResult();
    }
}
