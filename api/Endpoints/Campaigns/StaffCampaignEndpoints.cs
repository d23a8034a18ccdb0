using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// The body for the OpenAPI document only; <see cref="CampaignRequestParser"/> reads the fields.
/// </summary>
internal sealed record CampaignRequest(
    string Slug,
    string Organisation,
    Controller Controller,
    PrivacyNotice PrivacyNotice,
    IReadOnlyDictionary<string, TextRequest> Texts,
    int Goal,
    IReadOnlyList<CampaignCountry> Countries,
    DateTimeOffset? OpensAt,
    DateTimeOffset? ClosesAt,
    DateOnly? HandOverOn,
    int? AnswerWithinDays,
    int? EraseAfterDays,
    bool? Sensitive,
    IReadOnlyList<string>? AllowedOrigins,
    IReadOnlyList<RecipientView> Recipients
);

internal sealed record TextRequest(string Title, string Demand);

internal sealed record TextsRequest(IReadOnlyDictionary<string, TextRequest> Texts);

internal static class StaffCampaignEndpoints
{
    public static void MapStaffCampaigns(this RouteGroupBuilder staff)
    {
        staff.MapGet("/campaigns", List).RequireRole(Role.Campaigner).Produces<StaffCampaignView[]>();
        staff.MapGet("/campaigns/{slug}", Show).RequireRole(Role.Campaigner).Produces<StaffCampaignView>();
        staff
            .MapPost("/campaigns", Create)
            .RequireRole(Role.Campaigner)
            .AcceptsJson<CampaignRequest>()
            .Produces<StaffCampaignView>(StatusCodes.Status201Created)
            .ProducesProblems("validation", "slug-taken", "body-too-large", "media-type", "overloaded");
        staff
            .MapPatch("/campaigns/{slug}", Change)
            .RequireRole(Role.Campaigner)
            .AcceptsJson<CampaignRequest>()
            .Produces<StaffCampaignView>()
            .ProducesProblems("validation", "wrong-state", "body-too-large", "media-type", "overloaded");
        staff
            .MapPost("/campaigns/{slug}/texts", AddTexts)
            .RequireRole(Role.Campaigner)
            .AcceptsJson<TextsRequest>()
            .Produces<StaffCampaignView>(StatusCodes.Status201Created)
            .ProducesProblems("validation", "wrong-state", "body-too-large", "media-type", "overloaded");
        MapStateChange("/open", CampaignState.Open);
        MapStateChange("/close", CampaignState.Closed);
        MapStateChange("/archive", CampaignState.Archived);

        void MapStateChange(string verb, string state) =>
            staff
                .MapPost("/campaigns/{slug}" + verb, async (string slug, HttpContext context, CampaignEditor editor) =>
                    (await editor.ChangeStateAsync(slug, state, context.Actor())).ToResult()
                )
                .RequireRole(Role.Campaigner)
                .Produces(StatusCodes.Status204NoContent)
                .ProducesProblems("wrong-state", "overloaded");
    }

    private static IResult List(CampaignStore campaigns) =>
        TypedResults.Ok(campaigns.List().Select(StaffCampaignView.From).ToArray());

    private static IResult Show(string slug, CampaignStore campaigns) =>
        campaigns.Find(slug) is { } campaign
            ? TypedResults.Ok(StaffCampaignView.From(campaign))
            : Refusal.NotFound.ToProblem();

    private static async Task<IResult> Create(HttpRequest request, CampaignEditor editor)
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Large, fields =>
            CampaignRequestParser.Read(fields, current: null)
        );
        if (body.Value is not { } draft)
            return body.Refusal!.ToProblem();
        var outcome = await editor.CreateAsync(draft, request.HttpContext.Actor());
        return outcome.Value is { } campaign
            ? TypedResults.Created($"/api/staff/campaigns/{campaign.Slug}", StaffCampaignView.From(campaign))
            : outcome.Refusal!.ToProblem();
    }

    private static async Task<IResult> Change(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignEditor editor
    )
    {
        if (campaigns.Find(slug) is not { } shown)
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync<JsonFields>(request, JsonBody.Large, fields =>
            CampaignRequestParser.Read(fields, shown).Refusal is { } refusal ? refusal : fields.Detach()
        );
        if (body.Value is not { } fields)
            return body.Refusal!.ToProblem();
        // Parsed again inside the transaction with the current campaign, so that concurrent changes keep each other's
        // fields.
        var outcome = await editor.ChangeAsync(
            slug,
            current => CampaignRequestParser.Read(fields.Detach(), current),
            request.HttpContext.Actor()
        );
        return outcome.Value is { } campaign
            ? TypedResults.Ok(StaffCampaignView.From(campaign))
            : outcome.Refusal!.ToProblem();
    }

    private static async Task<IResult> AddTexts(string slug, HttpRequest request, CampaignEditor editor)
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Large, CampaignRequestParser.ReadTextsOnly);
        if (body.Value is not { } texts)
            return body.Refusal!.ToProblem();
        var outcome = await editor.AddTextsAsync(slug, texts, request.HttpContext.Actor());
        return outcome.Value is { } campaign
            ? TypedResults.Created($"/api/staff/campaigns/{slug}", StaffCampaignView.From(campaign))
            : outcome.Refusal!.ToProblem();
    }
}
