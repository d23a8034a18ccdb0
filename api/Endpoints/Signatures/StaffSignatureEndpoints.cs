using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Signatures;

internal sealed record SignatureOnHoldView(
    string Id,
    string State,
    string Country,
    string Reason,
    DateTimeOffset SignedAt
);

internal sealed record InvalidateRequest(string Reason);

/// <summary>Single signatures for staff: by id, without a name or an address.</summary>
internal static class StaffSignatureEndpoints
{
    private const int PageSize = 200;

    public static void MapStaffSignatures(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/signatures/held", ListHeld)
            .RequireRole(Role.Campaigner)
            .Produces<SignatureOnHoldView[]>()
            .ProducesProblems("validation");
        staff
            .MapPost("/campaigns/{slug}/signatures/{id}/release", Release)
            .RequireRole(Role.Campaigner)
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems("wrong-state", "overloaded");
        staff
            .MapPost("/campaigns/{slug}/signatures/{id}/invalidate", Invalidate)
            .RequireRole(Role.Campaigner)
            .AcceptsJson<InvalidateRequest>()
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems("validation", "wrong-state", "body-too-large", "media-type", "overloaded");
    }

    private static IResult ListHeld(string slug, string? after, CampaignStore campaigns, ModerationStore moderation)
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        long last = 0;
        if (after is not null && !Ids.TryParse(after, out last))
            return Refusal.Validation("after", "This must be the id of the last one seen.").ToProblem();
        return TypedResults.Ok(
            moderation
                .ListOnHold(campaign.Id, last, PageSize)
                .Select(held => new SignatureOnHoldView(
                    Ids.Text(held.Id),
                    held.State,
                    held.Country,
                    held.Reason,
                    held.SignedAt
                ))
                .ToArray()
        );
    }

    private static async Task<IResult> Release(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        ModerationStore moderation
    )
    {
        if (campaigns.Find(slug) is not { } campaign || !Ids.TryParse(id, out var signature))
            return Refusal.NotFound.ToProblem();
        return (await moderation.ReleaseAsync(campaign, signature, context.Actor())).ToResult();
    }

    private static async Task<IResult> Invalidate(
        string slug,
        string id,
        HttpRequest request,
        CampaignStore campaigns,
        ModerationStore moderation
    )
    {
        if (campaigns.Find(slug) is not { } campaign || !Ids.TryParse(id, out var signature))
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, ReadReason);
        if (body.Value is not { } reason)
            return body.Refusal!.ToProblem();
        return (await moderation.InvalidateAsync(campaign, signature, reason, request.HttpContext.Actor())).ToResult();
    }

    private static Outcome<string> ReadReason(JsonFields fields)
    {
        var reason = fields.String("reason")?.Trim();
        if (fields.Errors.ToRefusal() is { } wrongType)
            return wrongType;
        return string.IsNullOrEmpty(reason) || reason.Length > 200
            ? Refusal.Validation("reason", "Give a reason of 1 to 200 characters, without personal data.")
            : reason;
    }
}
