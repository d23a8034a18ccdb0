using Campaigns.Api.Endpoints.Handovers;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.StaffConsole.Handovers;

/// <summary>Adding files of evidence to an attempt or answer, and erasing one.</summary>
internal static class EvidenceScreenEndpoints
{
    public static void MapEvidenceScreens(this RouteGroupBuilder screens)
    {
        Map(screens, "attempts", EvidenceSubject.Attempt);
        Map(screens, "answer", EvidenceSubject.Answer);
    }

    /// <summary>The address of the form that adds files.</summary>
    public static string Address(string handover, EvidenceSubject subject) =>
        FormattableString.Invariant(
            $"{handover}/{(subject.Kind == EvidenceSubject.Attempt ? "attempts" : "answer")}/{subject.Number}/evidence"
        );

    private static void Map(RouteGroupBuilder screens, string segment, string kind)
    {
        var path = $"/c/{{slug}}/handovers/{{id}}/{segment}/{{n}}/evidence";
        screens
            .MapPage(path, (string slug, string id, string n, HttpContext context) =>
                Find(slug, id, n, kind, context) is var (found, subject)
                    ? RenderForm(found, subject, refusal: null)
                    : PageResults.NotFound()
            )
            .For(Role.Campaigner, Role.Organiser);
        screens
            .MapPost(path, (string slug, string id, string n, HttpContext context) =>
                AddAsync(slug, id, n, kind, context)
            )
            .For(Role.Campaigner, Role.Organiser)
            .WithMetadata(new ReadsOwnForm(), new RequestSizeLimitAttribute(EvidenceUpload.MostBytes));
        screens
            .MapPage(path + "/{k}/delete", (string slug, string id, string n, string k, HttpContext context) =>
                Find(slug, id, n, kind, context) is var (found, subject)
                && found.Handover.FindEvidence(subject, k) is { } evidence
                    ? RenderDelete(found, evidence, null, null)
                    : PageResults.NotFound()
            )
            .For(Role.Campaigner, Role.Organiser);
        screens
            .MapPost(path + "/{k}/delete", (string slug, string id, string n, string k, HttpContext context) =>
                DeleteAsync(slug, id, n, k, kind, context)
            )
            .For(Role.Campaigner, Role.Organiser);
    }

    private static (ReachedHandover Found, EvidenceSubject Subject)? Find(
        string slug,
        string id,
        string n,
        string kind,
        HttpContext context
    ) =>
        context.FindScreenHandover(slug, id) is { } found && found.Handover.FindSubject(kind, n) is { } subject
            ? (found, subject)
            : null;

    private static async Task<IResult> AddAsync(string slug, string id, string n, string kind, HttpContext context)
    {
        if (Find(slug, id, n, kind, context) is not var (found, subject))
            return PageResults.NotFound();
        var services = context.RequestServices;
        var antiforgery = services.GetRequiredService<IAntiforgery>();
        var names = services.GetRequiredService<IOptions<AntiforgeryOptions>>().Value;
        var added = await services
            .GetRequiredService<EvidenceUpload>()
            .ReceiveAsync(
                context.Request,
                async (name, value) =>
                {
                    if (name != names.FormFieldName)
                        return false;
                    // With the token in the header the framework does not read the body, which would store the files.
                    context.Request.Headers[names.HeaderName!] = value;
                    return await antiforgery.IsRequestValidAsync(context);
                },
                files =>
                    services
                        .GetRequiredService<EvidenceStore>()
                        .AddAsync(found.Campaign, found.Handover.Id, subject, files, context.Actor())
            );
        return added.Refusal is { } refusal
            ? RenderForm(found, subject, refusal)
            : PageResults.SeeOther(context.Request, HandoversEndpoints.Address(slug, found.Handover.Id));
    }

    private static async Task<IResult> DeleteAsync(
        string slug,
        string id,
        string n,
        string k,
        string kind,
        HttpContext context
    )
    {
        if (
            Find(slug, id, n, kind, context) is not var (found, subject)
            || found.Handover.FindEvidence(subject, k) is not { } evidence
        )
            return PageResults.NotFound();
        var form = HandoverForm.From(await context.Request.ReadFormAsync());
        var reason = FormJson.Read(form.ToJson("reason"), TextFields.ReadReason);
        var refusal = reason.Value is { } why
            ? await context
                .RequestServices.GetRequiredService<EvidenceStore>()
                .DeleteAsync(found.Campaign, found.Handover.Id, evidence, why, context.Actor())
            : reason.Refusal;
        return refusal is null
            ? PageResults.SeeOther(context.Request, HandoversEndpoints.Address(slug, found.Handover.Id))
            : RenderDelete(found, evidence, form["reason"], refusal);
    }

    private static IResult RenderForm(ReachedHandover found, EvidenceSubject subject, Refusal? refusal) =>
        PageResults.Page<EvidencePage>(
            new
            {
                found.Campaign,
                found.Handover,
                Subject = subject,
                Refusal = refusal,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );

    private static IResult RenderDelete(
        ReachedHandover found,
        RecordedEvidence evidence,
        string? reason,
        Refusal? refusal
    ) =>
        PageResults.Page<DeleteEvidencePage>(
            new
            {
                found.Campaign,
                found.Handover,
                Evidence = evidence,
                Reason = reason,
                Refusal = refusal,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
