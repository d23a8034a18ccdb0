using System.Text.Json;
using Campaigns.Api.Commands;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Pages;

/// <summary>
/// The button that sets up the demonstration campaign. To be mapped in Development only.
/// </summary>
internal static class DevDemonstrationEndpoints
{
    public const string Address = "/dev/demonstration";

    public static void MapDevDemonstration(this IEndpointRouteBuilder app) =>
        app.MapPost(Address, SetUp).ExcludeFromDescription().OnThisMachineOnly().AddEndpointFilter<SameSiteFilter>();

    private static async Task<IResult> SetUp(HttpRequest request, CampaignEditor editor, TimeProvider time)
    {
        using var body = JsonSerializer.SerializeToDocument(Demonstration.Body(time.UtcNow()));
        var draft = CampaignRequestParser.ReadNew(new JsonFields(body.RootElement, "", new FieldErrors()));
        // Refused if the campaign exists already, which is fine.
        await editor.CreateAsync(draft.Value!, Actor.Operator);
        await editor.ChangeStateAsync(Demonstration.Slug, CampaignState.Open, Actor.Operator);
        return PageResults.SeeOther(request, $"/c/{Demonstration.Slug}");
    }
}
