using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Running;

namespace Campaigns.Tests.Jobs;

/// <summary>Orders packets as staff do.</summary>
internal static class PacketOrders
{
    /// <summary>Orders a packet without names and returns its id.</summary>
    public static async Task<string> OrderAsync(HttpClient http, string slug, string? token = null)
    {
        using var order = new HttpRequestMessage(HttpMethod.Post, $"/api/staff/campaigns/{slug}/packets")
        {
            Content = JsonContent.Create(new { recipient = "president", disclosure = "count", locale = "en" }),
        };
        if (token is not null) order.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (string)(await (await CampaignServer.Expect(202, await http.SendAsync(order))).BodyAsync())["id"]!;
    }

    /// <summary>Waits until a packet is ready.</summary>
    public static Task ReadyAsync(HttpClient staff, string id) => CampaignServer.UntilAsync(
        async () => (string?)(await staff.GetFromJsonAsync<JsonObject>($"/api/staff/packets/{id}"))!["status"] == "ready",
        "the packet is not ready",
        120);
}
