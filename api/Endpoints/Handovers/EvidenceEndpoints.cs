using System.Globalization;
using System.Security.Cryptography;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>Files of evidence of attempts and answers.</summary>
internal static class EvidenceEndpoints
{
    private const string DownloadAction = "handover.evidence";

    public static void MapEvidence(this RouteGroupBuilder staff)
    {
        Map(staff, "/handovers/{id}/attempts/{n}/evidence", EvidenceSubject.Attempt);
        Map(staff, "/handovers/{id}/answer/{n}/evidence", EvidenceSubject.Answer);
    }

    /// <summary>The attempt or answer with that number; null without one.</summary>
    public static EvidenceSubject? FindSubject(this Handover handover, string kind, string n) =>
        int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && (
            kind == EvidenceSubject.Attempt
                ? handover.Attempts.Any(one => one.Number == number)
                : handover.Answers.Any(one => one.Number == number)
        )
            ? new EvidenceSubject(kind, number)
            : null;

    /// <summary>The file with that number; null without one, and once it is erased.</summary>
    public static RecordedEvidence? FindEvidence(this Handover handover, EvidenceSubject subject, string k) =>
        int.TryParse(k, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? handover.EvidenceOf(subject).FirstOrDefault(one => one.Number == number)
            : null;

    private static void Map(RouteGroupBuilder staff, string address, string kind)
    {
        var of = kind == EvidenceSubject.Attempt ? "an attempt" : "an answer";
        var name = kind == EvidenceSubject.Attempt ? "Attempt" : "Answer";
        staff
            .MapPost(address, (string id, string n, HttpContext context) => AddAsync(id, n, kind, context))
            .RequireRole(Role.Campaigner, Role.Organiser)
            .WithMetadata(new RequestSizeLimitAttribute(EvidenceUpload.MostBytes))
            .Describe(
                $"add{name}Evidence",
                Tag.StaffHandovers,
                $"Adds files to {of}: multipart/form-data, JPEG and PNG without their metadata, PDF as it is."
            )
            .Parameter("n", $"The number of {of}.", 1)
            .ProducesJson(new EvidenceListView([HandoverExamples.Evidence]), StatusCodes.Status201Created)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.MalformedBody,
                Refusal.BodyTooLarge,
                Refusal.EvidenceFull,
                Refusal.EvidenceType,
                Refusal.Overloaded
            );
        staff
            .MapGet(address + "/{k}", (string id, string n, string k, HttpContext context) =>
                DownloadAsync(id, n, k, kind, context)
            )
            .RequireRole(Role.Campaigner, Role.Organiser)
            .StopsWhileFrozen()
            .WithMetadata(new HoldsPeople())
            .Describe($"get{name}Evidence", Tag.StaffHandovers, $"Downloads a file of {of}.")
            .Parameter("n", $"The number of {of}.", 1)
            .Parameter("k", "The number of the file.", 1)
            .ProducesFile(StatusCodes.Status200OK, EvidenceRules.Jpeg)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapDelete(address + "/{k}", (string id, string n, string k, HttpContext context) =>
                DeleteAsync(id, n, k, kind, context)
            )
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe($"delete{name}Evidence", Tag.StaffHandovers, $"Erases a file of {of}, with a reason.")
            .Parameter("n", $"The number of {of}.", 1)
            .Parameter("k", "The number of the file.", 1)
            .AcceptsPatch<EvidenceReasonRequest>(new EvidenceReasonRequest("shows a face"))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
    }

    private static async Task<IResult> AddAsync(string id, string n, string kind, HttpContext context)
    {
        if (Find(context, id) is not { } found || found.Handover.FindSubject(kind, n) is not { } subject)
            return Refusal.NotFound.ToProblem();
        var services = context.RequestServices;
        var added = await services
            .GetRequiredService<EvidenceUpload>()
            .ReceiveAsync(context.Request, accepts: null, files =>
                services
                    .GetRequiredService<EvidenceStore>()
                    .AddAsync(found.Campaign, found.Handover.Id, subject, files, context.Actor())
            );
        return added.Value is { } evidence
            ? TypedResults.Json(
                new EvidenceListView([.. evidence.Select(EvidenceView.From)]),
                statusCode: StatusCodes.Status201Created
            )
            : added.Refusal!.ToProblem();
    }

    private static async Task<IResult> DownloadAsync(string id, string n, string k, string kind, HttpContext context)
    {
        if (FindEvidence(context, id, n, k, kind) is not var (found, subject, evidence))
            return Refusal.NotFound.ToProblem();
        var services = context.RequestServices;
        Stream? content;
        try
        {
            content = services.GetRequiredService<EvidenceStore>().Open(evidence);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            services
                .GetRequiredService<ILogger<EvidenceUpload>>()
                .LogError(
                    ApiEvents.EvidenceDamaged,
                    "The file of evidence {Evidence} cannot be read ({Exception})",
                    evidence.Id,
                    error.GetType().Name
                );
            return Refusal.Overloaded.ToProblem();
        }
        if (content is null)
            return Refusal.NotFound.ToProblem();
        await services
            .GetRequiredService<AuditStore>()
            .WriteAsync(
                context.Actor(),
                DownloadAction,
                found.Campaign.Slug,
                id,
                FormattableString.Invariant($"{subject.Kind} {subject.Number}, {evidence.Number}")
            );
        // A PDF is what the recipient or a member made: it must not run anything in the console.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        var extension = EvidenceRules.ExtensionOf(evidence.MediaType);
        return TypedResults.File(
            content,
            evidence.MediaType,
            FormattableString.Invariant(
                $"{found.Campaign.Slug}-{id}-{subject.Kind}-{subject.Number}-{evidence.Number}.{extension}"
            )
        );
    }

    private static async Task<IResult> DeleteAsync(string id, string n, string k, string kind, HttpContext context)
    {
        if (FindEvidence(context, id, n, k, kind) is not var (found, _, evidence))
            return Refusal.NotFound.ToProblem();
        var reason = await JsonBody.ReadAsync(context.Request, JsonBody.Small, TextFields.ReadReason);
        return reason.Value is { } why
            ? (
                await context
                    .RequestServices.GetRequiredService<EvidenceStore>()
                    .DeleteAsync(found.Campaign, found.Handover.Id, evidence, why, context.Actor())
            ).ToResult()
            : reason.Refusal!.ToProblem();
    }

    private static (ReachedHandover Found, EvidenceSubject Subject, RecordedEvidence Evidence)? FindEvidence(
        HttpContext context,
        string id,
        string n,
        string k,
        string kind
    ) =>
        Find(context, id) is { } found
        && found.Handover.FindSubject(kind, n) is { } subject
        && found.Handover.FindEvidence(subject, k) is { } evidence
            ? (found, subject, evidence)
            : null;

    private static ReachedHandover? Find(HttpContext context, string id) =>
        context.FindHandover(
            context.RequestServices.GetRequiredService<CampaignStore>(),
            context.RequestServices.GetRequiredService<HandoverReader>(),
            id
        );
}
