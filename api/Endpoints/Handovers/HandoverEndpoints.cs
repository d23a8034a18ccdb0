using System.Text.Json;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>The plans of hand-overs.</summary>
internal static class HandoverEndpoints
{
    public const string ListAction = "handover.list";
    public const string LookAction = "handover.look";

    public static void MapHandovers(this RouteGroupBuilder staff)
    {
        staff
            .MapPost("/campaigns/{slug}/handovers", Create)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe(
                "createHandover",
                Tag.StaffHandovers,
                "Plans the hand-over of packets to a recipient. The answer has no notes."
            )
            .AcceptsJson(HandoverExamples.New)
            .AcceptsIdempotencyKey()
            .ProducesJson(HandoverExamples.Handover, StatusCodes.Status201Created)
            .ProducesHeader(201, "Location", "The address of the hand-over.", AddressOf("463856467968002060"));
        staff
            .MapGet("/campaigns/{slug}/handovers", List)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("listHandovers", Tag.StaffHandovers, "Lists the hand-overs of a campaign, newest first.")
            .ProducesList(HandoverExamples.Handover)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapGet("/handovers/{id}", Show)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("getHandover", Tag.StaffHandovers, "Shows a hand-over with its attempts, answers and clock.")
            .ProducesJson(HandoverExamples.Handover)
            .ProducesHeader(200, "ETag", "The version of the plan, for If-Match.", "\"3\"")
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapPatch("/handovers/{id}", Change)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe("changeHandover", Tag.StaffHandovers, "Changes a plan by a merge patch, or cancels it.")
            .AcceptsPatch<ChangeHandoverRequest>(HandoverExamples.Change)
            .Parameter(
                "If-Match",
                "The ETag of the hand-over as it was read. If the plan changed since, nothing is written.",
                "\"3\"",
                place: ParameterLocation.Header
            )
            .ProducesJson(HandoverExamples.Handover)
            .ProducesHeader(200, "ETag", "The version of the plan, for If-Match.", "\"4\"")
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.ChangedMeanwhile,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapDelete("/handovers/{id}", Delete)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe("deleteHandover", Tag.StaffHandovers, "Deletes a hand-over that has no attempts.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
    }

    public static string AddressOf(string id) => $"/api/staff/handovers/{id}";

    private static async Task<IResult> Create(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        HandoverStore handovers,
        IdempotentRequests requests,
        TimeProvider time
    )
    {
        var context = request.HttpContext;
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var scope = context.Member().Scope();
        return await requests.RunAsync(
            request,
            JsonBody.Large,
            fields => HandoverRequestParser.ReadNew(fields, campaign, scope),
            (write, plan) =>
            {
                var created = handovers.Create(write, campaign, plan, scope, context.Actor());
                if (created.Value is not { } handover)
                    return created.Refusal!;
                // The answer is stored in clear for its repetition, so it has no notes.
                var view = HandoverView.From(handover, campaign, time.Today(campaign), withNotes: false);
                return requests.Answer(StatusCodes.Status201Created, AddressOf(view.Id), view, handover.Tag().Text);
            }
        );
    }

    private static async Task<IResult> List(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        AuditStore audit,
        TimeProvider time
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(context.Request);
        if (page.Value is not { } asked)
            return page.Refusal!.ToProblem();
        var scope = context.Member().Scope();
        var recipients = scope is null
            ? null
            : campaign.Recipients.Select(one => one.Key).Where(key => HandoverRules.IsInScope(campaign, key, scope));
        await audit.WriteAsync(context.Actor(), ListAction, slug);
        return TypedResults.Ok(
            asked.Page(
                handovers.List(campaign.Id, recipients?.ToList(), asked.Before, asked.Rows),
                handover => handover.Id,
                handover => HandoverView.From(handover, campaign, time.Today(campaign), context.SeesNotes())
            )
        );
    }

    private static async Task<IResult> Show(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        AuditStore audit,
        TimeProvider time
    )
    {
        if (context.FindHandover(campaigns, handovers, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        await audit.WriteAsync(context.Actor(), LookAction, found.Campaign.Slug, id);
        return found.Handover.ToResult(found.Campaign, context, time);
    }

    private static async Task<IResult> Change(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader reader,
        HandoverStore handovers,
        IOptions<JsonOptions> json,
        TimeProvider time
    )
    {
        if (context.FindHandover(campaigns, reader, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync<JsonFields>(context.Request, JsonBody.Large, fields => fields.Detach());
        if (body.Value is not { } patch)
            return body.Refusal!.ToProblem();
        var outcome = await handovers.ChangeAsync(
            found.Campaign,
            found.Handover.Id,
            current =>
                !current.Tag().IsExpected(context.Request)
                    ? Refusal.ChangedMeanwhile
                    : HandoverRequestParser.ReadChange(
                        patch.Over(
                            JsonSerializer.SerializeToElement(
                                HandoverRequest.From(current.Plan),
                                json.Value.SerializerOptions
                            )
                        ),
                        current
                    ),
            context.Member().Scope(),
            context.Actor()
        );
        return outcome.Value is { } changed
            ? changed.ToResult(found.Campaign, context, time)
            : outcome.Refusal!.ToProblem();
    }

    private static async Task<IResult> Delete(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader reader,
        HandoverStore handovers
    ) =>
        context.FindHandover(campaigns, reader, id) is { } found
            ? (await handovers.DeleteAsync(found.Campaign, found.Handover.Id, context.Actor())).ToResult()
            : Refusal.NotFound.ToProblem();
}
