using Campaigns.Api.Endpoints.Letters;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>A signature in a list. HoldReason is null while it is not on hold.</summary>
internal sealed record ListedSignatureView(
    string Id,
    string State,
    string Country,
    DateTimeOffset? SignedAt,
    DateTimeOffset? ConfirmedAt,
    string? HoldReason,
    string? Wave
)
{
    public static ListedSignatureView From(ListedSignature row) =>
        new(
            Ids.Text(row.Id),
            row.State,
            row.Country,
            row.SignedAt,
            row.ConfirmedAt,
            row.HoldReason,
            row.Wave is { } wave ? Ids.Text(wave) : null
        );
}

internal sealed record ConsentView(
    string Purpose,
    string? Disclosure,
    string PrivacyNotice,
    DateTimeOffset GivenAt,
    DateTimeOffset? WithdrawnAt
);

internal sealed record LetterView(
    string Id,
    string Kind,
    string State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    string? Failure
);

/// <summary>The number of the line, and of the line that removes it.</summary>
internal sealed record SignatureLineView(long N, long? RemovedBy);

internal sealed record SignatureDetailsView(
    string Id,
    string State,
    string Country,
    DateTimeOffset? SignedAt,
    DateTimeOffset? ConfirmedAt,
    string? HoldReason,
    string? Wave,
    string? Name,
    string? Locality,
    string? Locale,
    string? Disclosure,
    string? TextHash,
    string? InvalidReason,
    IReadOnlyList<ConsentView> Consents,
    IReadOnlyList<LetterView> Letters,
    SignatureLineView? LedgerEntry
)
{
    public static SignatureDetailsView From(SignatureDetails found)
    {
        var row = ListedSignatureView.From(found.Signature);
        return new(
            row.Id,
            row.State,
            row.Country,
            row.SignedAt,
            row.ConfirmedAt,
            row.HoldReason,
            row.Wave,
            found.Name,
            found.Locality,
            found.Locale,
            found.Disclosure,
            found.TextHash,
            found.InvalidReason,
            [
                .. found.Consents.Select(one => new ConsentView(
                    one.Purpose,
                    one.Disclosure,
                    one.PrivacyVersion,
                    one.GivenAt,
                    one.WithdrawnAt
                )),
            ],
            [
                .. found.Letters.Select(one => new LetterView(
                    Ids.Text(one.Id),
                    one.Kind,
                    one.State,
                    one.CreatedAt,
                    one.SentAt,
                    one.Failure
                )),
            ],
            found.LedgerEntry is { } n ? new SignatureLineView(n, found.RemovedBy) : null
        );
    }
}

/// <summary>
/// Staff find signatures: by conditions without personal data, by an exact address, or by id.
/// </summary>
internal static class SignatureSearchEndpoints
{
    public static void MapSignatureSearch(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/signatures", List)
            .RequireRole(Role.Campaigner)
            .WithMetadata(new HoldsPeople())
            .Describe("listSignatures", Tag.StaffSignatures, "Lists signatures without personal data, newest first.")
            .Parameter("state", "The state of the signatures.", "confirmed")
            .Parameter("country", "The country of the signers.", "NO")
            .Parameter("holdReason", "Only signatures on hold for this reason.", "network")
            .Parameter("wave", "The id of a wave.", "5309114860321472901")
            .Parameter("from", "Signed at this instant or later, or from this day (UTC).", "2019-05-17T09:00:00.000Z")
            .Parameter("to", "Signed before this instant, or through this day (UTC).", "2019-05-17T12:00:00.000Z")
            .Parameter("window", "Signed in the last 30m, 3h or 12h, in place of from and to.", "3h")
            .ProducesList(SignatureExamples.Listed);
        staff
            .MapPost("/campaigns/{slug}/signatures/find", Find)
            .RequireRole(Role.Campaigner)
            .Describe("findSignatures", Tag.StaffSignatures, "Finds the signature of an exact address. Audited.")
            .AcceptsJson(new AddressRequest("kari@example.org"))
            .ProducesJson(new ListView<ListedSignatureView>([SignatureExamples.Listed], null))
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
        staff
            .MapGet("/campaigns/{slug}/signatures/{id}", Show)
            .RequireRole(Role.Campaigner)
            .WithMetadata(new HoldsPeople())
            .Describe("getSignature", Tag.StaffSignatures, "Shows one signature without its address. Audited.")
            .ProducesJson(SignatureExamples.Details)
            .ProducesProblems(Refusal.Overloaded);
    }

    private static IResult List(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        StaffSignatureReader signatures,
        TimeProvider time
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(request);
        if (page.Value is not { } asked)
            return page.Refusal!.ToProblem();
        var filter = SignatureFilterParser.Read(name => request.Query[name], time.UtcNow());
        return filter.Value is { } conditions
            ? TypedResults.Ok(
                asked.Page(
                    signatures.List(campaign.Id, conditions, asked.Before, asked.Rows),
                    row => row.Id,
                    ListedSignatureView.From
                )
            )
            : filter.Refusal!.ToProblem();
    }

    // POST, because an address belongs in no URL.
    private static async Task<IResult> Find(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        StaffSignatureReader signatures
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, TextFields.ReadEmail);
        if (body.Value is not { } email)
            return body.Refusal!.ToProblem();
        var found = await signatures.FindAsync(campaign, email, request.HttpContext.Actor());
        return TypedResults.Ok(
            new ListView<ListedSignatureView>([.. found.Select(ListedSignatureView.From)], null)
        );
    }

    private static async Task<IResult> Show(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        StaffSignatureReader signatures
    )
    {
        if (campaigns.Find(slug) is not { } campaign || !Ids.TryParse(id, out var signature))
            return Refusal.NotFound.ToProblem();
        return await signatures.FindAsync(campaign, signature, context.Actor()) is { } found
            ? TypedResults.Ok(SignatureDetailsView.From(found))
            : Refusal.NotFound.ToProblem();
    }
}
