using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Sharing;
using Campaigns.Db.Staff;
using Campaigns.Sharing;

namespace Campaigns.Api.Endpoints.Sharing;

/// <summary>The share codes of a campaign: which channel brings people.</summary>
internal static class ShareCodeEndpoints
{
    private const string Address = "/campaigns/{slug}/share-codes";

    public static void MapShareCodes(this RouteGroupBuilder staff)
    {
        staff
            .MapGet(Address, List)
            .RequireRole(Role.Campaigner)
            .Describe("listShareCodes", Tag.StaffCampaigns, "Lists the share codes of a campaign with their figures.")
            .ProducesJson(new ShareCodesView([ShareCodeView.Example], null, new OtherSharesView(17, 2)));
        staff
            .MapPost(Address, CreateAsync)
            .RequireRole(Role.Campaigner)
            .Describe("createShareCode", Tag.StaffCampaigns, "Adds a share code; a campaign has at most 100.")
            .AcceptsJson(new ShareCodeRequest("choir", "Newsletter of the choir"))
            .AcceptsIdempotencyKey()
            .ProducesJson(ShareCodeView.Example, StatusCodes.Status201Created)
            .ProducesHeader(
                StatusCodes.Status201Created,
                "Location",
                "The address of the share code.",
                "/api/staff/campaigns/chechnya-2019/share-codes/choir"
            );
        staff
            .MapDelete(Address + "/{id}", DeleteAsync)
            .RequireRole(Role.Campaigner)
            .Describe("deleteShareCode", Tag.StaffCampaigns, "Deletes a share code with its figures.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
    }

    /// <summary>Reads a new code.</summary>
    public static Outcome<ShareCodeRequest> Read(JsonFields fields)
    {
        fields.Only("code", "title");
        var code = fields.String("code");
        if (ShareCodes.Problem(code) is { } problem && !fields.Errors.Has("code"))
            fields.Errors.Add("code", problem);
        var title = fields.Line("title", ShareCodes.TitleLength);
        if (title is null && !fields.Errors.Has("title"))
            fields.Errors.Add("title", "This is required.");
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new ShareCodeRequest(code!, title!);
    }

    private static IResult List(string slug, HttpContext context, CampaignStore campaigns, ShareCodeReader reader) =>
        campaigns.Find(slug) is { } campaign
            ? TypedResults.Ok(reader.Read(campaign, context.Member()))
            : Refusal.NotFound.ToProblem();

    private static async Task<IResult> CreateAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        ShareCodeReader reader,
        IdempotentRequests requests
    )
    {
        if (await campaigns.FindAsync(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var member = request.HttpContext.Member();
        return await requests.RunAsync(request, JsonBody.Small, Read, (write, asked) =>
        {
            var created = ShareCodeStore.Create(write, campaign, asked.Code, asked.Title, request.HttpContext.Actor());
            return created.Value is { } code
                ? requests.Answer(
                    StatusCodes.Status201Created,
                    $"/api/staff/campaigns/{slug}/share-codes/{code.Code}",
                    reader.View(campaign, code, member)
                )
                : created.Refusal!;
        });
    }

    private static async Task<IResult> DeleteAsync(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        ShareCodeStore codes
    ) =>
        await campaigns.FindAsync(slug) is { } campaign && await codes.DeleteAsync(campaign, id, context.Actor())
            ? TypedResults.NoContent()
            : Refusal.NotFound.ToProblem();
}
