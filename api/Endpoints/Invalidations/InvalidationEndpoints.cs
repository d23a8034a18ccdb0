using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Invalidations;

/// <summary>
/// Bulk invalidations: ask for a count, start with that count, approve, cancel, undo.
/// </summary>
internal static class InvalidationEndpoints
{
    public static void MapInvalidations(this RouteGroupBuilder staff)
    {
        staff
            .MapPost("/campaigns/{slug}/invalidations", Create)
            .RequireRole(Role.Campaigner)
            .Describe("createInvalidation", Tag.StaffSignatures, "Counts the signatures that conditions cover.")
            .AcceptsJson(
                new InvalidateManyRequest(
                    "bulk signing from one network",
                    new ConditionsView(Countries: ["GB"], MailDomain: "example.org")
                )
            )
            .AcceptsIdempotencyKey()
            .ProducesJson(InvalidationView.Example, StatusCodes.Status202Accepted)
            .ProducesHeader(
                202,
                "Location",
                "The address of the bulk invalidation.",
                "/api/staff/campaigns/chechnya-2019/invalidations/463856467968002050"
            );
        staff
            .MapGet("/campaigns/{slug}/invalidations", List)
            .RequireRole(Role.Campaigner)
            .Describe("listInvalidations", Tag.StaffSignatures, "Lists bulk invalidations, newest first.")
            .ProducesList(InvalidationView.Example);
        staff
            .MapGet("/campaigns/{slug}/invalidations/{id}", Show)
            .RequireRole(Role.Campaigner)
            .Describe("getInvalidation", Tag.StaffSignatures, "Shows a bulk invalidation and its progress.")
            .ProducesJson(InvalidationView.Example);
        staff
            .MapPost("/campaigns/{slug}/invalidations/{id}/start", Start)
            .RequireRole(Role.Campaigner)
            .Describe(
                "startInvalidation",
                Tag.StaffSignatures,
                "Starts it with the number that was counted, or asks another member to approve it."
            )
            .AcceptsJson(new StartInvalidationRequest(312))
            .ProducesJson(InvalidationView.Example, StatusCodes.Status202Accepted)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.ApprovalNeeded,
                Refusal.AlreadyDecided,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapPost("/campaigns/{slug}/invalidations/{id}/approve", Approve)
            .RequireRole(Role.Campaigner)
            .Describe("approveInvalidation", Tag.StaffSignatures, "Lets it run. Another member than who asked.")
            .ProducesJson(InvalidationView.Example, StatusCodes.Status202Accepted)
            .ProducesProblems(
                Refusal.OwnRequest,
                Refusal.WrongState,
                Refusal.AlreadyDecided,
                Refusal.Overloaded
            );
        staff
            .MapPost("/campaigns/{slug}/invalidations/{id}/cancel", Cancel)
            .RequireRole(Role.Campaigner)
            .Describe("cancelInvalidation", Tag.StaffSignatures, "Stops it. What it invalidated stays. Repeatable.")
            .ProducesJson(InvalidationView.Example, StatusCodes.Status202Accepted)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
        staff
            .MapPost("/campaigns/{slug}/invalidations/{id}/undo", Undo)
            .RequireRole(Role.Campaigner)
            .Describe("undoInvalidation", Tag.StaffSignatures, "Restores what it invalidated, within seven days.")
            .ProducesJson(InvalidationView.Example, StatusCodes.Status202Accepted)
            .ProducesProblems(Refusal.WrongState, Refusal.TooLateToUndo, Refusal.Overloaded);
    }

    private static async Task<IResult> Create(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        IdempotentRequests requests
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        return await requests.RunAsync(
            request,
            JsonBody.Small,
            InvalidationRequestParser.Read,
            (write, asked) =>
            {
                var created = InvalidationStore.Create(
                    write,
                    campaign,
                    asked.Conditions,
                    asked.Reason,
                    request.HttpContext.Actor()
                );
                return requests.Answer(
                    StatusCodes.Status202Accepted,
                    Address(slug, created.Id),
                    InvalidationView.From(created)
                );
            }
        );
    }

    private static IResult List(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        InvalidationStore invalidations
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(request);
        return page.Value is { } asked
            ? TypedResults.Ok(
                asked.Page(
                    invalidations.List(campaign.Id, asked.Before, asked.Rows),
                    one => one.Id,
                    InvalidationView.From
                )
            )
            : page.Refusal!.ToProblem();
    }

    private static IResult Show(string slug, string id, CampaignStore campaigns, InvalidationStore invalidations) =>
        campaigns.Find(slug) is { } campaign
        && Ids.TryParse(id, out var number)
        && invalidations.Find(campaign.Id, number) is { } found
            ? TypedResults.Ok(InvalidationView.From(found))
            : Refusal.NotFound.ToProblem();

    private static Task<IResult> Start(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        InvalidationStore invalidations
    ) =>
        RunAsync(slug, id, context, campaigns, invalidations, async (campaign, one) =>
        {
            var body = await JsonBody.ReadAsync(
                context.Request,
                JsonBody.Small,
                InvalidationRequestParser.ReadCount
            );
            return body.Refusal is { } refusal
                ? refusal
                : await invalidations.StartAsync(campaign, one, body.Value, context.Actor());
        });

    private static Task<IResult> Approve(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        InvalidationStore invalidations
    ) =>
        RunAsync(slug, id, context, campaigns, invalidations, (campaign, one) =>
            invalidations.ApproveAsync(campaign, one, context.Actor())
        );

    private static Task<IResult> Cancel(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        InvalidationStore invalidations
    ) =>
        RunAsync(slug, id, context, campaigns, invalidations, (campaign, one) =>
            invalidations.CancelAsync(campaign, one, context.Actor())
        );

    private static Task<IResult> Undo(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        InvalidationStore invalidations
    ) =>
        RunAsync(slug, id, context, campaigns, invalidations, (campaign, one) =>
            invalidations.UndoAsync(campaign, one, context.Actor())
        );

    private static async Task<IResult> RunAsync(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        InvalidationStore invalidations,
        Func<Campaign, long, Task<Refusal?>> act
    )
    {
        if (
            campaigns.Find(slug) is not { } campaign
            || !Ids.TryParse(id, out var number)
            || invalidations.Find(campaign.Id, number) is null
        )
            return Refusal.NotFound.ToProblem();
        if (await act(campaign, number) is { } refusal)
            return Explain(refusal);
        return TypedResults.Accepted(
            context.Request.PublicAddress(Address(slug, number)),
            InvalidationView.From(invalidations.Find(campaign.Id, number)!)
        );
    }

    // No ETag is compared here, so this is a conflict (409) and no failed precondition (412).
    private static IResult Explain(Refusal refusal)
    {
        if (refusal != Refusal.ChangedMeanwhile)
            return refusal.ToProblem();
        var details = Problems.Details(refusal);
        details.Status = StatusCodes.Status409Conflict;
        details.Detail = "This is not the number that was counted. Read the bulk invalidation again.";
        return TypedResults.Problem(details);
    }

    private static string Address(string slug, long id) =>
        $"/api/staff/campaigns/{slug}/invalidations/{Ids.Text(id)}";
}
