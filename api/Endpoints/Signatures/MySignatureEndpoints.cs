using Campaigns.Api.Endpoints.Ledger;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

internal sealed record MyConsents(bool Sign, bool Updates);

internal sealed record MySignatureView(
    string Campaign,
    string State,
    string? Name,
    string Email,
    string Country,
    string? Locality,
    string Locale,
    string Disclosure,
    MyConsents Consents,
    string TextHash,
    DateTimeOffset SignedAt,
    DateTimeOffset? ConfirmedAt,
    long? LedgerEntry,
    bool Held
)
{
    public static MySignatureView From(MySignature mine) =>
        new(
            mine.Campaign,
            mine.State,
            mine.Name,
            mine.Email,
            mine.Country,
            mine.Locality,
            mine.Locale,
            mine.Disclosure.Text(),
            new MyConsents(mine.State is not "withdrawn", mine.Updates),
            mine.TextHash,
            mine.SignedAt,
            mine.ConfirmedAt,
            mine.LedgerEntry,
            mine.Held
        );
}

/// <summary>A merge patch: a missing field stays, null clears name or locality.</summary>
internal sealed record ChangeSignatureRequest(
    string? Name = null,
    string? Locality = null,
    string? Disclosure = null,
    ChangeConsents? Consents = null
);

internal sealed record ChangeConsents(bool? Updates = null);

/// <summary>
/// The signer's own actions, with the manage token as bearer. No response may be cached.
/// </summary>
internal static class MySignatureEndpoints
{
    public static void MapMySignature(this IEndpointRouteBuilder routes)
    {
        var mine = routes
            .MapGroup("/api/my/signature")
            .WithMetadata(new RequiredToken(ApiDocument.ManageToken))
            .RequireNetworkLimit(NetworkLimit.Other)
            .AddEndpointFilter(
                async (context, next) =>
                {
                    context.HttpContext.Response.Headers.CacheControl = "no-store";
                    return await next(context);
                }
            );
        mine.MapGet("", Show)
            .Describe("getMySignature", Tag.MySignature, "Shows the signature.")
            .ProducesJson(SignatureExamples.Mine)
            .ProducesProblems(Refusal.NotSignedIn, Refusal.RateLimited);
        mine.MapPatch("", Change)
            .Describe(
                "changeMySignature",
                Tag.MySignature,
                "Corrects name and place, or changes the disclosure or the consent to updates."
            )
            .AcceptsJson(SignatureExamples.Change)
            .ProducesJson(SignatureExamples.Mine)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.NotSignedIn,
                Refusal.WrongState,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.RateLimited,
                Refusal.Overloaded
            );
        mine.MapDelete("", Erase)
            .Describe("eraseMySignature", Tag.MySignature, "Erases the signature and its personal data.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.NotSignedIn, Refusal.RateLimited, Refusal.Overloaded);
        mine.MapPost("/withdraw", Withdraw)
            .Describe("withdrawMySignature", Tag.MySignature, "Takes the signature back. Repeatable.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.NotSignedIn, Refusal.WrongState, Refusal.RateLimited, Refusal.Overloaded);
        routes
            .MapPost("/api/my/links/revoke", RevokeLinks)
            .WithMetadata(new RequiredToken(ApiDocument.ManageToken))
            .RequireNetworkLimit(NetworkLimit.Other)
            .Describe(
                "revokeMyLinks",
                Tag.MySignature,
                "Makes this token and every older manage link and session invalid."
            )
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.NotSignedIn, Refusal.RateLimited, Refusal.Overloaded);
        mine.MapGet("/receipt", ShowReceipt)
            .Describe("getMyReceipt", Tag.MySignature, "Shows the receipt: proof that the ledger counts the signer.")
            .ProducesJson(LedgerExamples.Receipt)
            .ProducesProblems(Refusal.NotSignedIn, Refusal.NotYetSealed, Refusal.RateLimited);
    }

    private static IResult Show(HttpRequest request, MySignatureStore signatures) =>
        View(signatures.Find(BearerToken.Read(request)));

    private static async Task<IResult> Change(HttpRequest request, MySignatureStore signatures)
    {
        // An invalid token is refused before the body is read.
        if (signatures.Find(BearerToken.Read(request)).Refusal is { } refusal)
            return refusal.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, Read);
        return body.Value is { } change
            ? View(await signatures.ChangeAsync(BearerToken.Read(request), change))
            : body.Refusal!.ToProblem();
    }

    private static async Task<IResult> Withdraw(HttpRequest request, MySignatureStore signatures) =>
        (await signatures.WithdrawAsync(BearerToken.Read(request))).ToResult();

    private static async Task<IResult> Erase(HttpRequest request, MySignatureStore signatures) =>
        (await signatures.EraseAsync(BearerToken.Read(request))).ToResult();

    private static async Task<IResult> RevokeLinks(HttpRequest request, MySignatureStore signatures)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return (await signatures.RevokeLinksAsync(BearerToken.Read(request))).Refusal.ToResult();
    }

    private static IResult ShowReceipt(HttpRequest request, MySignatureStore signatures)
    {
        var outcome = signatures.FindReceipt(BearerToken.Read(request));
        return outcome.Value is { } receipt
            ? TypedResults.Bytes(receipt.ToJson(), "application/json")
            : outcome.Refusal!.ToProblem();
    }

    private static IResult View(Outcome<MySignature> outcome) =>
        outcome.Value is { } mine ? TypedResults.Ok(MySignatureView.From(mine)) : outcome.Refusal!.ToProblem();

    private static Outcome<SignatureChange> Read(JsonFields fields)
    {
        var change = SignatureChangeParser.Read(fields.Only("name", "locality", "disclosure", "consents"));
        var consents = fields.Object("consents")?.Only("updates");
        if (fields.IsNull("consents"))
            fields.Errors.Add("consents", "This cannot be cleared.");
        if (consents?.IsNull("updates") == true)
            fields.Errors.Add("consents.updates", "This cannot be cleared. Choose true or false.");
        var updates = consents?.Boolean("updates");
        return fields.Errors.ToRefusal() is { } refusal ? refusal : change with { Updates = updates };
    }
}
