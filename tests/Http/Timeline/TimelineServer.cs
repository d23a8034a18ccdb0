using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Timeline;

/// <summary>A server with what its tests write into a timeline.</summary>
public sealed class TimelineServer : SharedServer
{
    public string Updates => $"/api/staff/campaigns/{Slug}/updates";

    public string Developments => $"/api/staff/campaigns/{Slug}/developments";

    public string Events => $"/api/staff/campaigns/{Slug}/events";

    public static JsonObject Source(string title = "The report") =>
        new()
        {
            ["title"] = title,
            ["publisher"] = "OSCE",
            ["url"] = "https://example.org/report",
            ["publishedOn"] = "2018-12-20",
            ["kind"] = "report",
        };

    public static JsonObject Update(string title = "A new wave", string on = "2019-01-17") =>
        new()
        {
            ["on"] = on,
            ["texts"] = new JsonObject
            {
                ["en"] = new JsonObject { ["title"] = title, ["text"] = "Since **December**." },
            },
            ["figures"] = new JsonArray(
                new JsonObject
                {
                    ["label"] = "people evacuated",
                    ["series"] = "evacuated",
                    ["value"] = 150,
                    ["unit"] = "people",
                    ["asOf"] = on,
                    ["source"] = 0,
                }
            ),
            ["sources"] = new JsonArray(Source()),
            ["origin"] = new JsonObject { ["publisher"] = "Russian LGBT Network", ["language"] = "en" },
        };

    public static JsonObject Development(string title = "Report under the Moscow Mechanism") =>
        new()
        {
            ["on"] = "2018-12-20",
            ["institution"] = "OSCE",
            ["title"] = title,
            ["summary"] = "It confirms severe violations.",
            ["sources"] = new JsonArray(Source()),
        };

    public static JsonObject Event(string title = "Vigil in London") =>
        new()
        {
            ["on"] = "2019-05-17",
            ["place"] = "Embassy, London",
            ["country"] = "GB",
            ["title"] = title,
            ["summary"] = "People stand with posters.",
        };

    /// <summary>Writes one and returns its address.</summary>
    public async Task<string> WriteAsync(string list, JsonObject body, HttpClient? staff = null) =>
        (
            await CampaignServer.Expect(201, await (staff ?? Staff).PostAsJsonAsync(list, body))
        ).Headers.Location!.ToString();

    public async Task<string> PublishedAsync(JsonObject update)
    {
        var address = await WriteAsync(Updates, update);
        await CampaignServer.Expect(204, await Staff.PostAsync($"{address}/publish", null));
        return address;
    }

    public async Task<JsonObject> ReadAsync(string address) =>
        await (await CampaignServer.Expect(200, await Staff.GetAsync(address))).BodyAsync();
}
