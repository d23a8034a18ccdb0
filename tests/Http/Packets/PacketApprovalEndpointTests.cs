using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Packets;

/// <summary>Approving and declining packets over HTTP.</summary>
public sealed class PacketApprovalEndpointTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Packet_is_approved_by_another_member_and_then_built()
    {
        using var first = await fixture.Server.StaffAsync(Role.Organiser, "NO");
        using var second = await fixture.Server.StaffAsync(Role.Campaigner);
        var address = await OrderAsync(first, "en");
        var packet = await ShowAsync(first, address);
        Assert.Equal("awaiting-approval", (string?)packet["status"]);
        Assert.Equal("""{"state":"waiting","by":null,"on":null,"reason":null}""", packet["approval"]!.ToJsonString());
        // An organiser decides nothing, about own packets or others.
        await (await first.PostAsync($"{address}/approve", null)).ProblemAsync(404, "not-found");
        await CampaignServer.Expect(204, await second.PostAsync($"{address}/approve", null));
        await (await second.PostAsync($"{address}/approve", null)).ProblemAsync(409, "already-decided");
        await PacketOrders.ReadyAsync(first, address.Split('/')[^1]);
        var approval = (await ShowAsync(first, address))["approval"]!;
        Assert.Equal(("approved", "Test"), ((string?)approval["state"], (string?)approval["by"]));
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", (string?)approval["on"]);
        await CampaignServer.Expect(200, await first.GetAsync($"{address}/file"));
    }

    [Fact]
    public async Task Member_who_asked_is_refused_and_another_declines_with_a_reason()
    {
        using var first = await fixture.Server.StaffAsync(Role.Campaigner);
        using var second = await fixture.Server.StaffAsync();
        var address = await OrderAsync(first, "nl");
        await (await first.PostAsync($"{address}/approve", null)).ProblemAsync(403, "own-request");
        await (await first.PostAsJsonAsync($"{address}/decline", new { reason = "a mistake" })).ProblemAsync(
            403,
            "own-request"
        );
        string[] bodies = ["{}", """{"reason":""}""", """{"reason":7}""", """{"reason":"a@example.org"}"""];
        foreach (var body in bodies)
            await (await second.PostAsync($"{address}/decline", HttpAnswers.Json(body))).RefusesFieldsAsync("reason");
        await CampaignServer.Expect(
            204,
            await second.PostAsJsonAsync($"{address}/decline", new { reason = "the wrong week" })
        );
        var packet = await ShowAsync(first, address);
        Assert.Equal("declined", (string?)packet["status"]);
        Assert.Equal(
            ("declined", "the wrong week"),
            ((string?)packet["approval"]!["state"], (string?)packet["approval"]!["reason"])
        );
        await (await second.PostAsync($"{address}/approve", null)).ProblemAsync(409, "already-decided");
        await (await first.PostAsync($"{address}/rebuild", null)).ProblemAsync(409, "already-decided");
        await (await first.GetAsync($"{address}/file")).ProblemAsync(409, "packet-not-ready");
        Assert.Equal(
            1,
            fixture.Server.Query<long>(
                "SELECT count(*) FROM audit WHERE subject = @id AND action = 'packet.decline'",
                new { id = address.Split('/')[^1] }
            )
        );
    }

    [Fact]
    public async Task Packet_that_needs_no_approval_has_none()
    {
        var answer = await CampaignServer.Expect(
            202,
            await fixture.Staff.PostAsJsonAsync(Orders, new { recipient = "embassy-oslo", disclosure = "count" })
        );
        Assert.Null((await answer.BodyAsync())["approval"]);
    }

    private string Orders => $"/api/staff/campaigns/{fixture.Slug}/packets";

    private async Task<string> OrderAsync(HttpClient who, string locale)
    {
        var order = new
        {
            recipient = "embassy-oslo",
            disclosure = "name",
            locale,
        };
        var answer = await CampaignServer.Expect(202, await who.PostAsJsonAsync(Orders, order));
        return answer.Headers.Location!.ToString();
    }

    private static async Task<JsonObject> ShowAsync(HttpClient who, string address) =>
        await (await CampaignServer.Expect(200, await who.GetAsync(address))).BodyAsync();
}
