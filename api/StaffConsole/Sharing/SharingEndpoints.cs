using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Sharing;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Sharing;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Sharing;

/// <summary>
/// How a campaign gets onto other sites: snippets to copy, and codes that tell which channel brings
/// people.
/// </summary>
internal static class SharingEndpoints
{
    public static string Address(string slug) => $"/staff/c/{slug}/sharing";

    public static void MapSharing(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/sharing", Show).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/sharing", CreateAsync).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/sharing/{id}/delete", DeleteAsync).For(Role.Campaigner);
    }

    private static IResult Show(string slug, HttpContext context, CampaignStore campaigns, ShareCodeReader codes) =>
        campaigns.Find(slug) is { } campaign ? Render(campaign, context, codes) : PageResults.NotFound();

    private static async Task<IResult> CreateAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        ShareCodeStore store,
        ShareCodeReader codes
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var form = await request.ReadFormAsync();
        var typed = new ShareCodeRequest(form["code"].ToString().Trim(), form["title"].ToString().Trim());
        var body = new JsonObject { ["code"] = typed.Code, ["title"] = typed.Title };
        var read = JsonBody.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()), ShareCodeEndpoints.Read);
        var refusal = read.Value is { } asked
            ? (await store.CreateAsync(campaign, asked.Code, asked.Title, request.HttpContext.Actor())).Refusal
            : read.Refusal;
        return refusal is null
            ? PageResults.SeeOther(request, Address(slug) + "#codes")
            : Render(campaign, request.HttpContext, codes, typed, refusal);
    }

    private static async Task<IResult> DeleteAsync(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        ShareCodeStore store
    ) =>
        campaigns.Find(slug) is { } campaign && await store.DeleteAsync(campaign, id, context.Actor())
            ? PageResults.SeeOther(context.Request, Address(slug) + "#codes")
            : PageResults.NotFound();

    private static IResult Render(
        Campaign campaign,
        HttpContext context,
        ShareCodeReader codes,
        ShareCodeRequest? typed = null,
        Refusal? refusal = null
    ) =>
        PageResults.Page<SharingPage>(
            new
            {
                Campaign = campaign,
                Codes = codes.Read(campaign, context.Member()),
                Typed = typed ?? new ShareCodeRequest("", ""),
                Refusal = refusal,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
