using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Http.Handovers;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Packets;

/// <summary>A packet shows the hand-over that carries it.</summary>
public sealed class PacketHandoverViewTests(HandoverServer shared) : IClassFixture<HandoverServer>
{
    [Fact]
    public async Task Packet_shows_its_hand_over_with_the_state_to_those_who_reach_it()
    {
        var packet = await shared.ReadyPacketAsync();
        var address = $"/api/staff/packets/{packet}";
        Assert.Null((await shared.ReadAsync(address))["handover"]);
        var handover = await shared.PlannedAsync(packet);
        var shown = (await shared.ReadAsync(address))["handover"]!;
        Assert.Equal((handover.Split('/')[^1], "planned"), ((string?)shown["id"], (string?)shown["state"]));
        var listed = await shared.ReadAsync($"/api/staff/campaigns/{shared.Slug}/packets");
        Assert.Equal(
            "planned",
            (string?)listed["items"]!.AsArray().Single(one => (string?)one!["id"] == packet)!["handover"]!["state"]
        );
        using var organiser = await shared.Server.StaffAsync(Role.Organiser, "NO");
        Assert.NotNull((await organiser.GetFromJsonAsync<JsonObject>(address))!["handover"]);
    }

    [Fact]
    public async Task Previews_of_a_member_are_limited_within_an_hour()
    {
        using var staff = await shared.Server.StaffAsync(Role.Campaigner);
        var path = $"/api/staff/campaigns/{shared.Slug}/packets/preview";
        var order = new { recipient = "embassy-oslo", disclosure = "name" };
        for (var n = 0; n < 30; n++)
        {
            var answer = await CampaignServer.Expect(200, await staff.PostAsJsonAsync(path, order));
            var preview = await answer.BodyAsync();
            Assert.Contains("approval-needed", preview["warnings"]!.ToJsonString(), StringComparison.Ordinal);
        }
        await (await staff.PostAsJsonAsync(path, order)).ProblemAsync(429, "rate-limited");
        using var other = await shared.Server.StaffAsync(Role.Campaigner);
        await CampaignServer.Expect(200, await other.PostAsJsonAsync(path, order));
    }
}
