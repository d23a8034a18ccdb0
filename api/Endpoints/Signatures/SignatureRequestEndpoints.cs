using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>The corrected name; null removes it.</summary>
internal sealed record CorrectNameRequest(string? Name, string Reason);

/// <summary>What a signer asks of staff: a corrected name, another letter, erasure.</summary>
internal static class SignatureRequestEndpoints
{
    // The limit of letters counts days; a try before tomorrow is in vain.
    private const string LettersRetryAfter = "86400";

    public static void MapSignatureRequests(this RouteGroupBuilder staff)
    {
        staff
            .MapPatch("/campaigns/{slug}/signatures/{id}", Correct)
            .RequireRole(Role.Campaigner)
            .Describe("correctSignature", Tag.StaffSignatures, "Corrects the name at the signer's written request.")
            .AcceptsJson(SignatureExamples.CorrectName)
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapPost("/campaigns/{slug}/signatures/{id}/resend", Resend)
            .RequireRole(Role.Campaigner)
            .Describe("resendConfirmation", Tag.StaffSignatures, "Mails the confirmation letter again.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
        staff
            .MapDelete("/campaigns/{slug}/signatures/{id}", Erase)
            .RequireRole(Role.Campaigner)
            .Describe("eraseSignature", Tag.StaffSignatures, "Erases a signature as its signer would. Repeatable.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
    }

    private static Task<IResult> Correct(
        string slug,
        string id,
        HttpContext context,
        StaffSignatureReader reader,
        StaffSignatureStore signatures
    ) =>
        context.ActAsync(slug, id, async (campaign, signature) =>
        {
            if (!reader.Has(campaign.Id, signature))
                return Refusal.NotFound;
            var body = await JsonBody.ReadAsync(context.Request, JsonBody.Small, Read);
            return body.Refusal
                ?? await signatures.CorrectNameAsync(
                    campaign,
                    signature,
                    body.Value.Name,
                    body.Value.Reason,
                    context.Actor()
                );
        });

    public static Outcome<(ChangedText Name, string Reason)> Read(JsonFields fields)
    {
        var change = SignatureChangeParser.Read(fields.Only("name", "reason"));
        var reason = fields.ReadReasonField();
        if (change.Name is null && !fields.Errors.Has("name"))
            fields.Errors.Add("name", "Give the corrected name, or null to remove it.");
        return fields.Errors.ToRefusal() is { } refusal ? refusal : (change.Name!, reason!);
    }

    private static Task<IResult> Resend(
        string slug,
        string id,
        HttpContext context,
        StaffSignatureStore signatures
    ) =>
        context.ActAsync(slug, id, async (campaign, signature) =>
        {
            var refusal = await signatures.ResendAsync(campaign, signature, context.Actor());
            if (refusal == Refusal.RateLimited)
                context.Response.Headers.RetryAfter = LettersRetryAfter;
            return refusal;
        });

    private static Task<IResult> Erase(
        string slug,
        string id,
        HttpContext context,
        StaffSignatureStore signatures
    ) =>
        context.ActAsync(slug, id, (campaign, signature) =>
            signatures.EraseAsync(campaign, signature, context.Actor())
        );
}
