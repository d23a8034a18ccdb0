using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>The response to signing; the same bytes for every address.</summary>
internal sealed record SignAnswer(string Status)
{
    public static readonly SignAnswer CheckYourMail = new("check-your-mail");
}

/// <summary>
/// A signature. The name is optional when the disclosure is count. TextHash is the hash of the text
/// that was shown.
/// </summary>
// For the OpenAPI document only; Read reads the fields.
internal sealed record SignRequest(
    string Email,
    string Country,
    SignConsents Consents,
    string? Name = null,
    string? Locality = null,
    string? Locale = null,
    string? Disclosure = null,
    string? TextHash = null
);

internal sealed record SignConsents(bool Sign, bool? Updates = null);

internal sealed record ManageLinkRequest(string Email);

internal static class SignatureEndpoints
{
    public static void MapSignatures(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/campaigns/{slug}/signatures", Sign)
            .RequireNetworkLimit(NetworkLimit.Signing)
            .StopsWhileFrozen()
            .RequireCors(CampaignCorsPolicyProvider.OfCampaign)
            .Describe("sign", Tag.Signing, "Signs. The answer is the same for every address; a letter asks to confirm.")
            .AcceptsJson(SignatureExamples.Sign)
            .ProducesJson(SignAnswer.CheckYourMail, StatusCodes.Status202Accepted)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.NoSuchCampaign,
                Refusal.CampaignClosed,
                Refusal.TextChanged,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.RateLimited,
                Refusal.Overloaded
            );
        routes
            .MapPost("/api/campaigns/{slug}/manage-link", SendManageLink)
            .RequireNetworkLimit(NetworkLimit.Other)
            .Describe("sendManageLink", Tag.Signing, "Mails the link to a signature, if the address has signed.")
            .AcceptsJson(SignatureExamples.ManageLink)
            .ProducesJson(SignAnswer.CheckYourMail, StatusCodes.Status202Accepted)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.NoSuchCampaign,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.RateLimited,
                Refusal.Overloaded
            );
    }

    private static Task<IResult> Sign(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        SigningStore signatures,
        TimeProvider time
    ) =>
        SignAsync(slug, request, campaigns, time, (campaign, signature) =>
            signatures.SignAsync(campaign, signature, request.HttpContext.Connection.RemoteIpAddress)
        );

    /// <summary>
    /// Reads and checks a signature, passes it to <paramref name="store"/>, and responds with its
    /// refusal; null means that the signature was stored.
    /// </summary>
    internal static async Task<IResult> SignAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        TimeProvider time,
        Func<Campaign, NewSignature, Task<Refusal?>> store
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, fields =>
            Read(fields).Check(campaign, fields.Errors)
        );
        if (body.Refusal is { } refusal && refusal.Code != Refusal.TextChanged.Code)
            return refusal.ToProblem();
        if (!campaign.AcceptsSignatures(time.UtcNow()))
            return Refusal.CampaignClosed.ToProblem();
        if (body.Value is not { } signature)
            return body.Refusal!.ToProblem();
        if (await store(campaign, signature) is { } refused)
            return refused.ToProblem();
        return TypedResults.Accepted((string?)null, SignAnswer.CheckYourMail);
    }

    private static async Task<IResult> SendManageLink(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        SigningStore signatures
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, fields => fields.Email("email"));
        if (body.Value is not { } email)
            return body.Refusal!.ToProblem();
        await signatures.SendManageLinkAsync(campaign, email, request.HttpContext.Connection.RemoteIpAddress);
        return TypedResults.Accepted((string?)null, SignAnswer.CheckYourMail);
    }

    private static SignatureForm Read(JsonFields fields)
    {
        var consents = fields.Object("consents");
        return new SignatureForm
        {
            Name = fields.String("name"),
            Email = fields.String("email"),
            Country = fields.String("country"),
            Locality = fields.String("locality"),
            Locale = fields.String("locale"),
            Disclosure = fields.String("disclosure"),
            TextHash = fields.String("textHash"),
            Sign = consents?.Boolean("sign"),
            Updates = consents?.Boolean("updates"),
        };
    }
}
