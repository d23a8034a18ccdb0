using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Tests.Infrastructure;

/// <summary>Orders packets as staff do.</summary>
internal static class PacketOrders
{
    private static readonly string[] _oneCountry = ["GB"];

    /// <summary>
    /// Orders a packet, without names by default, and returns its id. The same order is the same
    /// packet; orders of other variants, from 0 to 5, are others. No member has to approve a packet
    /// without names or initials.
    /// </summary>
    public static async Task<string> OrderAsync(
        HttpClient http,
        string slug,
        string? token = null,
        string recipient = "president",
        string disclosure = "count",
        int variant = 0
    )
    {
        using var order = new HttpRequestMessage(HttpMethod.Post, $"/api/staff/campaigns/{slug}/packets")
        {
            Content = JsonContent.Create(
                new
                {
                    recipient,
                    countries = variant < 3 ? null : _oneCountry,
                    disclosure,
                    locale = Locales.Supported[variant % 3],
                }
            ),
        };
        if (token is not null)
            order.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (string)(await (await CampaignServer.Expect(202, await http.SendAsync(order))).BodyAsync())["id"]!;
    }

    /// <summary>
    /// Approves a packet as a member who did not ask for it, unless it was approved before: the
    /// same order is the same packet.
    /// </summary>
    public static async Task ApproveAsync(CampaignServer server, string id)
    {
        using var second = await server.StaffAsync(Role.Campaigner);
        var packet = (await second.GetFromJsonAsync<JsonObject>($"/api/staff/packets/{id}"))!;
        if ((string?)packet["status"] != PacketStatus.AwaitingApproval)
            return;
        await CampaignServer.Expect(204, await second.PostAsync($"/api/staff/packets/{id}/approve", null));
    }

    /// <summary>Waits until a packet is ready.</summary>
    public static Task ReadyAsync(HttpClient staff, string id) => UntilAsync(staff, id, PacketStatus.Ready);

    /// <summary>Waits until a packet has failed.</summary>
    public static Task FailedAsync(HttpClient staff, string id) => UntilAsync(staff, id, PacketStatus.Failed);

    private static Task UntilAsync(HttpClient staff, string id, string status) =>
        CampaignServer.UntilAsync(
            async () =>
                (string?)(await staff.GetFromJsonAsync<JsonObject>($"/api/staff/packets/{id}"))!["status"] == status,
            $"the packet is not {status}",
            120
        );
}
