using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>
/// The token of the link, and what the owner of the mailbox corrects: a missing field stays, null
/// clears name or locality.
/// </summary>
internal sealed record ConfirmRequest(
    string Token,
    string? Name = null,
    string? Locality = null,
    string? Disclosure = null
);

/// <summary>
/// Held: the signature is confirmed, and not counted until staff have looked at it.
/// </summary>
internal sealed record ConfirmedView(string Campaign, string Country, string Status, string ManageToken, bool Held);

/// <summary>The checked body of a confirmation.</summary>
internal sealed record ConfirmationPress(string Token, SignatureChange Correction);

internal static class ConfirmationEndpoints
{
    public static void MapConfirmations(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/confirmations", Confirm)
            .RequireNetworkLimit(NetworkLimit.Other)
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
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, Read);
        if (body.Value is not (var token, var correction))
            return body.Refusal!.ToProblem();
        var outcome = await confirmations.ConfirmAsync(token, correction);
        if (outcome.Value is not { } confirmed)
            return outcome.Refusal!.ToProblem();
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new ConfirmedView(
                (await campaigns.GetAsync(confirmed.CampaignId)).Slug,
                confirmed.Country,
                "confirmed",
                confirmed.ManageToken,
                confirmed.Held
            )
        );
    }

    internal static Outcome<ConfirmationPress> Read(JsonFields fields)
    {
        var token = fields.String("token");
        if (token is null && !fields.Errors.Has("token"))
            fields.Errors.Add("token", "The token of the link is needed.");
        var correction = SignatureChangeParser.Read(fields);
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new ConfirmationPress(token!, correction);
    }
}
