using System.Globalization;
using System.Text.Json;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>Attempts and answers of hand-overs: recorded and corrected, never deleted.</summary>
internal static class HandoverRecordEndpoints
{
    public static void MapHandoverRecords(this RouteGroupBuilder staff)
    {
        staff
            .MapPost("/handovers/{id}/attempts", AddAttempt)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe(
                "addAttempt",
                Tag.StaffHandovers,
                "Records an attempt. A stale packet is 409 packet-stale here."
            )
            .AcceptsJson(HandoverExamples.Attempt)
            .AcceptsIdempotencyKey()
            .ProducesJson(new CreatedAttemptView(1), StatusCodes.Status201Created)
            .ProducesHeader(201, "Location", "The address of the attempt.", AttemptAddress("463856467968002060", 1))
            .ProducesProblems(Refusal.WrongState, Refusal.PacketNotReady);
        staff
            .MapPatch("/handovers/{id}/attempts/{n}", CorrectAttempt)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe("correctAttempt", Tag.StaffHandovers, "Corrects an attempt by a merge patch with a reason.")
            .Parameter("n", "The number of the attempt.", 1)
            .AcceptsPatch<CorrectAttemptRequest>(HandoverExamples.CorrectAttempt)
            .ProducesJson(HandoverExamples.Handover)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.PacketNotReady,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapPost("/handovers/{id}/answer", AddAnswer)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe("addAnswer", Tag.StaffHandovers, "Records an answer. The newest one stands.")
            .AcceptsJson(HandoverExamples.Answer)
            .AcceptsIdempotencyKey()
            .ProducesJson(new CreatedAnswerView(1), StatusCodes.Status201Created)
            .ProducesHeader(201, "Location", "The address of the answer.", AnswerAddress("463856467968002060", 1))
            .ProducesProblems(Refusal.WrongState);
        staff
            .MapPatch("/handovers/{id}/answer/{k}", CorrectAnswer)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe("correctAnswer", Tag.StaffHandovers, "Corrects an answer by a merge patch with a reason.")
            .Parameter("k", "The number of the answer.", 1)
            .AcceptsPatch<CorrectAnswerRequest>(HandoverExamples.CorrectAnswer)
            .ProducesJson(HandoverExamples.Handover)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
    }

    private static async Task<IResult> AddAttempt(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        HandoverRecordStore records,
        IdempotentRequests requests,
        TimeProvider time
    )
    {
        if (context.FindHandover(campaigns, handovers, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        Refusal? refused = null;
        var result = await requests.RunAsync(
            context.Request,
            JsonBody.Large,
            fields => HandoverRequestParser.ReadAttempt(fields, time.Today(found.Campaign)),
            (write, draft) =>
            {
                var added = records.AddAttempt(write, found.Campaign, found.Handover.Id, draft, context.Actor());
                refused = added.Refusal;
                return added.Value is { } n
                    ? requests.Answer(StatusCodes.Status201Created, AttemptAddress(id, n), new CreatedAttemptView(n))
                    : refused!;
            }
        );
        return refused is null ? result : Explain(refused);
    }

    private static Task<IResult> CorrectAttempt(
        string id,
        string n,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        HandoverRecordStore records,
        IOptions<JsonOptions> json,
        TimeProvider time
    ) =>
        CorrectAsync(id, n, context, campaigns, handovers, time, (found, number, patch) =>
            records.CorrectAttemptAsync(
                found.Campaign,
                found.Handover.Id,
                number,
                draft =>
                    HandoverRequestParser.ReadAttemptCorrection(
                        patch.Over(ToElement(AttemptRequest.From(draft), json)),
                        time.Today(found.Campaign)
                    ),
                context.Actor()
            )
        );

    private static async Task<IResult> AddAnswer(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        HandoverRecordStore records,
        IdempotentRequests requests,
        TimeProvider time
    )
    {
        if (context.FindHandover(campaigns, handovers, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        return await requests.RunAsync(
            context.Request,
            JsonBody.Large,
            fields => HandoverRequestParser.ReadAnswer(fields, time.Today(found.Campaign)),
            (write, draft) =>
            {
                var added = records.AddAnswer(write, found.Campaign, found.Handover.Id, draft, context.Actor());
                return added.Value is { } k
                    ? requests.Answer(StatusCodes.Status201Created, AnswerAddress(id, k), new CreatedAnswerView(k))
                    : added.Refusal!;
            }
        );
    }

    private static Task<IResult> CorrectAnswer(
        string id,
        string k,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        HandoverRecordStore records,
        IOptions<JsonOptions> json,
        TimeProvider time
    ) =>
        CorrectAsync(id, k, context, campaigns, handovers, time, (found, number, patch) =>
            records.CorrectAnswerAsync(
                found.Campaign,
                found.Handover.Id,
                number,
                draft =>
                    HandoverRequestParser.ReadAnswerCorrection(
                        patch.Over(ToElement(AnswerRequest.From(draft), json)),
                        time.Today(found.Campaign)
                    ),
                context.Actor()
            )
        );

    private static async Task<IResult> CorrectAsync(
        string id,
        string which,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        TimeProvider time,
        Func<ReachedHandover, int, JsonFields, Task<Outcome<Handover>>> correct
    )
    {
        if (
            context.FindHandover(campaigns, handovers, id) is not { } found
            || !int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync<JsonFields>(context.Request, JsonBody.Large, fields => fields.Detach());
        if (body.Value is not { } patch)
            return body.Refusal!.ToProblem();
        var outcome = await correct(found, number, patch);
        return outcome.Value is { } corrected
            ? corrected.ToResult(found.Campaign, context, time)
            : Explain(outcome.Refusal!);
    }

    // No file is asked for here, so a stale packet is a conflict (409) and not a missing file (410).
    private static IResult Explain(Refusal refusal)
    {
        var details = Problems.Details(refusal);
        if (refusal == Refusal.PacketStale)
            details.Status = StatusCodes.Status409Conflict;
        return TypedResults.Problem(details);
    }

    private static JsonElement ToElement<T>(T request, IOptions<JsonOptions> json) =>
        JsonSerializer.SerializeToElement(request, json.Value.SerializerOptions);

    private static string AttemptAddress(string id, int n) =>
        string.Create(CultureInfo.InvariantCulture, $"{HandoverEndpoints.AddressOf(id)}/attempts/{n}");

    private static string AnswerAddress(string id, int k) =>
        string.Create(CultureInfo.InvariantCulture, $"{HandoverEndpoints.AddressOf(id)}/answer/{k}");
}
