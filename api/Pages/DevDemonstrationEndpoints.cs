using System.Text.Json;
using System.Text.Json.Nodes;
using Campaigns.Api.Commands;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Api.Http;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Api.Pages;

/// <summary>
/// The button that sets up the demonstration campaign. To be mapped in Development only.
/// </summary>
internal static class DevDemonstrationEndpoints
{
    public const string Address = "/dev/demonstration";

    public static void MapDevDemonstration(this IEndpointRouteBuilder app) =>
        app.MapPost(Address, SetUp).ExcludeFromDescription().OnThisMachineOnly().AddEndpointFilter<SameSiteFilter>();

    private static async Task<IResult> SetUp(
        HttpRequest request,
        CampaignEditor editor,
        Database database,
        TimelineStore timeline,
        TimeProvider time
    )
    {
        var draft = Read(Demonstration.Body(time.UtcNow()), CampaignRequestParser.ReadNew);
        // Refused if the campaign exists already, which is fine.
        if ((await editor.CreateAsync(draft, Actor.Operator)).Value is { } campaign)
            foreach (var (list, entry) in Demonstration.Timeline())
                await WriteAsync(database, timeline, campaign, list, entry, time.Today(campaign));
        await editor.ChangeStateAsync(Demonstration.Slug, CampaignState.Open, Actor.Operator);
        return PageResults.SeeOther(request, $"/c/{Demonstration.Slug}");
    }

    private static async Task WriteAsync(
        Database database,
        TimelineStore timeline,
        Campaign campaign,
        string list,
        JsonObject body,
        DateOnly today
    )
    {
        var read = TimelineRequestParser.ReaderOf(TimelineKind.Written.First(kind => kind + "s" == list));
        var draft = Read(body, fields => read(fields, today));
        var entry = await database.Writes.RunAsync(write =>
            timeline.Create(write, campaign, draft, scope: null, Actor.Operator)
        );
        await timeline.PublishAsync(campaign, entry.Value!.Id, today, Actor.Operator);
    }

    private static T Read<T>(JsonObject body, Func<JsonFields, Outcome<T>> read)
    {
        using var json = JsonSerializer.SerializeToDocument(body);
        return read(new JsonFields(json.RootElement, "", new FieldErrors())).Value!;
    }
}
