using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
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
    public static void MapStaffSignatures(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/signatures/held", ListHeld)
            .RequireRole(Role.Campaigner)
            .WithMetadata(new HoldsPeople())
            .Describe("listHeldSignatures", Tag.StaffSignatures, "Lists signatures on hold, oldest first.")
            .ProducesList(SignatureExamples.OnHold);
        staff
            .MapPost("/campaigns/{slug}/signatures/{id}/release", Release)
            .RequireRole(Role.Campaigner)
            .Describe("releaseSignature", Tag.StaffSignatures, "Ends a hold: a confirmed signature then counts.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
        staff
            .MapPost("/campaigns/{slug}/signatures/{id}/invalidate", Invalidate)
            .RequireRole(Role.Campaigner)
            .Describe("invalidateSignature", Tag.StaffSignatures, "Takes a signature out of the count, with a reason.")
            .AcceptsJson(new InvalidateRequest("bulk signing from one network"))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
    }

    private static IResult ListHeld(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        ModerationStore moderation
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(request);
        return page.Value is { } asked
            ? TypedResults.Ok(
                asked.Page(
                    moderation.ListOnHold(campaign.Id, asked.After ?? 0, asked.Rows),
                    held => held.Id,
                    held => new SignatureOnHoldView(
                        Ids.Text(held.Id),
                        held.State,
                        held.Country,
                        held.Reason,
                        held.SignedAt
                    )
                )
            )
            : page.Refusal!.ToProblem();
    }

    private static Task<IResult> Release(string slug, string id, HttpContext context, ModerationStore moderation) =>
        context.ActAsync(slug, id, (campaign, signature) =>
            moderation.ReleaseAsync(campaign, signature, context.Actor())
        );

    private static Task<IResult> Invalidate(string slug, string id, HttpContext context, ModerationStore moderation) =>
        context.ActAsync(slug, id, (campaign, signature, reason) =>
            moderation.InvalidateAsync(campaign, signature, reason, context.Actor())
        );
}
