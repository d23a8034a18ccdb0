using System.Globalization;
using System.Text.Json;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Tag = Campaigns.Api.Http.Tag;

namespace Campaigns.Api.Endpoints.Campaigns;

internal static class StaffCampaignEndpoints
{
    private static readonly string[] _states =
    [
        CampaignState.Draft,
        CampaignState.Open,
        CampaignState.Closed,
        CampaignState.Archived,
    ];

    public static void MapStaffCampaigns(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns", ListAsync)
            .RequireRole(Role.Campaigner)
            .Describe("listStaffCampaigns", Tag.StaffCampaigns, "Lists campaigns in every state, newest first.")
            .Parameter("state", "Only campaigns in this state: draft, open, closed or archived.", "open")
            .ProducesList(CampaignExamples.Staff);
        staff
            .MapGet("/campaigns/{slug}", ShowAsync)
            .RequireRole(Role.Campaigner)
            .Describe("getStaffCampaign", Tag.StaffCampaigns, "Shows a campaign with everything that staff may change.")
            .ProducesJson(CampaignExamples.Staff)
            .ProducesTag(StatusCodes.Status200OK);
        staff
            .MapPost("/campaigns", CreateAsync)
            .RequireRole(Role.Campaigner)
            .Describe("createCampaign", Tag.StaffCampaigns, "Creates a draft.")
            .AcceptsJson(CampaignExamples.New)
            .AcceptsIdempotencyKey()
            .ProducesJson(CampaignExamples.Staff, StatusCodes.Status201Created)
            .ProducesHeader(201, "Location", "The address of the campaign.", "/api/staff/campaigns/chechnya-2019")
            .ProducesTag(StatusCodes.Status201Created)
            .ProducesProblems(Refusal.SlugTaken);
        staff
            .MapPatch("/campaigns/{slug}", ChangeAsync)
            .RequireRole(Role.Campaigner)
            .Describe(
                "changeCampaign",
                Tag.StaffCampaigns,
                "Changes a campaign by a merge patch (RFC 7396): null clears, missing fields stay."
            )
            .AcceptsPatch<ChangeCampaignRequest>(CampaignExamples.Change)
            .Parameter(
                "If-Match",
                "The ETag of the campaign as it was read. If it changed since, nothing is written.",
                "\"3\"",
                place: ParameterLocation.Header
            )
            .ProducesJson(CampaignExamples.Staff)
            .ProducesTag(StatusCodes.Status200OK)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.ChangedMeanwhile,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapPost("/campaigns/{slug}/texts", AddTextsAsync)
            .RequireRole(Role.Campaigner)
            .Describe("addTexts", Tag.StaffCampaigns, "Adds a new version of the texts; other locales keep theirs.")
            .AcceptsJson(CampaignExamples.Texts)
            .AcceptsIdempotencyKey()
            .ProducesJson(CampaignExamples.Staff, StatusCodes.Status201Created)
            .ProducesHeader(201, "Location", "The address of the campaign.", "/api/staff/campaigns/chechnya-2019")
            .ProducesTag(StatusCodes.Status201Created)
            .ProducesProblems(Refusal.WrongState);
        MapStateChange("open", CampaignState.Open, "Opens a draft or a closed campaign.");
        MapStateChange("close", CampaignState.Closed, "Closes an open campaign: it accepts no more signatures.");
        MapStateChange("archive", CampaignState.Archived, "Archives a closed campaign, which then never changes.");

        void MapStateChange(string verb, string state, string summary) =>
            staff
                .MapPost("/campaigns/{slug}/" + verb, async (string slug, HttpContext context, CampaignEditor editor) =>
                    (await editor.ChangeStateAsync(slug, state, context.Actor())).ToResult()
                )
                .RequireRole(Role.Campaigner)
                .Describe(verb + "Campaign", Tag.StaffCampaigns, summary)
                .Produces(StatusCodes.Status204NoContent)
                .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
    }

    private static RouteHandlerBuilder ProducesTag(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.ProducesHeader(status, "ETag", "The version of the campaign, for If-Match.", "\"3\"");

    private static async Task<IResult> ListAsync(HttpRequest request, CampaignStore campaigns, LiveCounts counts)
    {
        var page = ListRequest.Read(request);
        if (page.Value is not { } asked)
            return page.Refusal!.ToProblem();
        var state = (string?)request.Query["state"];
        if (state is not null && !_states.Contains(state))
            return Refusal.Validation("state", "Choose draft, open, closed or archived.").ToProblem();
        var rows = new List<(Campaign Campaign, long Confirmed)>();
        foreach (var campaign in await campaigns.ListAsync())
            if ((state is null || campaign.State == state) && campaign.Id < asked.Before && rows.Count < asked.Rows)
                rows.Add((campaign, (await counts.OfAsync(campaign)).Confirmed));
        return TypedResults.Ok(
            asked.Page(rows, row => row.Campaign.Id, row => StaffCampaignView.From(row.Campaign, row.Confirmed))
        );
    }

    private static async Task<IResult> ShowAsync(
        string slug,
        HttpResponse response,
        CampaignStore campaigns,
        LiveCounts counts
    ) =>
        await campaigns.FindAsync(slug) is { } campaign
            ? await AnswerAsync(campaign, response, counts)
            : Refusal.NotFound.ToProblem();

    private static Task<IResult> CreateAsync(HttpRequest request, CampaignEditor editor, IdempotentRequests requests) =>
        requests.RunAsync(request, JsonBody.Large, CampaignRequestParser.ReadNew, (write, draft) =>
            Created(editor.Create(write, draft, request.HttpContext.Actor()), 0, requests)
        );

    private static async Task<IResult> ChangeAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignEditor editor,
        LiveCounts counts,
        IOptions<JsonOptions> json
    )
    {
        if (campaigns.Find(slug) is not { } shown)
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync<JsonFields>(request, JsonBody.Large, fields =>
            Read(fields, shown).Refusal is { } refusal ? refusal : fields.Detach()
        );
        if (body.Value is not { } fields)
            return body.Refusal!.ToProblem();
        // Parsed again inside the transaction with the current campaign, so that concurrent changes keep each other's
        // fields.
        var outcome = await editor.ChangeAsync(
            slug,
            current => TagOf(current).IsExpected(request) ? Read(fields, current) : Refusal.ChangedMeanwhile,
            request.HttpContext.Actor(),
            mayEraseSooner: request.HttpContext.Member().Role == Role.Administrator
        );
        return outcome.Value is { } campaign
            ? await AnswerAsync(campaign, request.HttpContext.Response, counts)
            : outcome.Refusal!.ToProblem();

        Outcome<CampaignDraft> Read(JsonFields patch, Campaign campaign) =>
            CampaignRequestParser.ReadChange(
                patch.Over(
                    JsonSerializer.SerializeToElement(StaffCampaignView.From(campaign, 0), json.Value.SerializerOptions)
                ),
                campaign
            );
    }

    private static async Task<IResult> AddTextsAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        CampaignEditor editor,
        LiveCounts counts,
        IdempotentRequests requests
    )
    {
        if (await campaigns.FindAsync(slug) is not { } shown)
            return Refusal.NotFound.ToProblem();
        // Read before, because a transaction reads no counts.
        var confirmed = (await counts.OfAsync(shown)).Confirmed;
        return await requests.RunAsync(request, JsonBody.Large, CampaignRequestParser.ReadTextsOnly, (write, texts) =>
            Created(editor.AddTexts(write, slug, texts, request.HttpContext.Actor()), confirmed, requests)
        );
    }

    private static Outcome<CreatedAnswer> Created(
        Outcome<Campaign> outcome,
        long confirmed,
        IdempotentRequests requests
    ) =>
        outcome.Value is { } campaign
            ? requests.Answer(
                StatusCodes.Status201Created,
                $"/api/staff/campaigns/{campaign.Slug}",
                StaffCampaignView.From(campaign, confirmed),
                TagOf(campaign).Text
            )
            : outcome.Refusal!;

    private static async Task<IResult> AnswerAsync(Campaign campaign, HttpResponse response, LiveCounts counts)
    {
        response.Headers.ETag = TagOf(campaign).Text;
        return TypedResults.Ok(StaffCampaignView.From(campaign, (await counts.OfAsync(campaign)).Confirmed));
    }

    // The version of what staff edit. The number of signatures in the body changes without it.
    private static EntityTag TagOf(Campaign campaign) => new(campaign.Version.ToString(CultureInfo.InvariantCulture));
}
