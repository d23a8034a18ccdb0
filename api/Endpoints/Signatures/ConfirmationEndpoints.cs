using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

internal sealed record ConfirmRequest(string Token);

internal sealed record ConfirmedView(string Campaign, string Country, string Status, string ManageToken);

internal static class ConfirmationEndpoints
{
    public static void MapConfirmations(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/confirmations", Confirm)
            .RequireRateLimiting(NetworkRateLimits.Other)
            .Describe("confirm", Tag.Signing, "Confirms a signature with the token of its letter.")
            .AcceptsJson(SignatureExamples.Confirm)
            .ProducesJson(SignatureExamples.Confirmed)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.LinkNotUsable,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.RateLimited,
                Refusal.Overloaded
            );

    private static async Task<IResult> Confirm(
        HttpRequest request,
        ConfirmationStore confirmations,
        CampaignStore campaigns
    )
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, ReadToken);
        if (body.Value is not { } token)
            return body.Refusal!.ToProblem();
        var outcome = await confirmations.ConfirmAsync(token);
        if (outcome.Value is not { } confirmed)
            return outcome.Refusal!.ToProblem();
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new ConfirmedView(
                (await campaigns.GetAsync(confirmed.CampaignId)).Slug,
                confirmed.Country,
                "confirmed",
                confirmed.ManageToken
            )
        );
    }

    internal static Outcome<string> ReadToken(JsonFields fields)
    {
        var token = fields.String("token");
        if (fields.Errors.ToRefusal() is { } wrongType)
            return wrongType;
        return token is null ? Refusal.Validation("token", "The token of the link is needed.") : token;
    }
}
