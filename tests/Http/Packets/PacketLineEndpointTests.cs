using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Http.Packets;

/// <summary>Looking up a printed line, limits of orders and ended packets over HTTP.</summary>
public sealed class PacketLineEndpointTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private HttpClient _staff = null!;
    private string _slug = "";

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _staff = await _server.StaffAsync(Role.Campaigner);
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync()
    {
        _staff.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Line_leads_to_the_signature_and_its_invalidation_can_be_read()
    {
        await SignAsync();
        var id = await PacketOrders.OrderAsync(_staff, _slug, recipient: "embassy-london", disclosure: "initials");
        await PacketOrders.ApproveAsync(_server, id);
        await PacketOrders.ReadyAsync(_staff, id);
        var path = $"/api/staff/packets/{id}/lines?country=GB&volume=1&line=1";
        var found = (await _staff.GetFromJsonAsync<JsonObject>(path))!;
        Assert.Equal(["signature", "state", "reason"], found.Select(field => field.Key));
        Assert.Equal(("confirmed", null), ((string?)found["state"], (string?)found["reason"]));
        await CampaignServer.Expect(
            204,
            await _staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{_slug}/signatures/{found["signature"]}/invalidate",
                new { reason = "not a name" }
            )
        );
        await (await _staff.GetAsync($"/api/staff/packets/{id}/file")).ProblemAsync(410, "packet-stale");
        found = (await _staff.GetFromJsonAsync<JsonObject>(path))!;
        Assert.Equal(("invalidated", "not a name"), ((string?)found["state"], (string?)found["reason"]));

        Assert.Equal(
            2,
            _server.Query<int>(
                """
                SELECT count(*) FROM audit
                WHERE action = 'packet.line-look' AND subject = @id AND detail = 'GB 1 1' AND staff_id IS NOT NULL
                """,
                new { id }
            )
        );
        foreach (
            var (query, field) in ((string, string)[])
                [
                    ("volume=1&line=1", "country"),
                    ("country=NL&volume=1&line=1", "country"),
                    ("country=GB&line=1", "volume"),
                    ("country=GB&volume=0&line=1", "volume"),
                    ("country=GB&volume=2&line=1", "volume"),
                    ("country=GB&volume=1", "line"),
                    ("country=GB&volume=1&line=2", "line"),
                    ("country=GB&volume=1&line=-1", "line"),
                    ("country=GB&volume=1&line=99999999999", "line"),
                ]
        )
            await (await _staff.GetAsync($"/api/staff/packets/{id}/lines?{query}")).RefusesFieldsAsync(field);
        foreach (var role in (string[])[Role.Organiser, Role.Auditor])
        {
            using var other = await _server.StaffAsync(role, role == Role.Organiser ? ["GB"] : []);
            await (await other.GetAsync(path)).ProblemAsync(404, "not-found");
        }
        await (await _staff.GetAsync("/api/staff/packets/1/lines?country=GB&volume=1&line=1")).ProblemAsync(
            404,
            "not-found"
        );
    }

    [Fact]
    public async Task Third_waiting_packet_of_a_member_is_too_many()
    {
        await using var server = await CampaignServer.StartAsync(
            null,
            "--Packets:MostWaitingPerMember=2",
            "--Packets:MostWaitingPerCampaign=3"
        );
        var slug = await server.OpenCampaignAsync();
        // No worker can claim a packet, so all wait.
        using (var database = DatabaseUnderTest.Open(server.Folder))
            database.Execute(
                TestSql.CreateTrigger(
                    "no_claim",
                    "packets",
                    "NEW.status = 'building'",
                    "INSERT INTO missing_table VALUES (1)",
                    "UPDATE"
                )
            );
        using var first = await server.StaffAsync(Role.Campaigner);
        using var second = await server.StaffAsync(Role.Campaigner);
        await CampaignServer.Expect(202, await OrderAsync(first, slug, "en"));
        await CampaignServer.Expect(202, await OrderAsync(first, slug, "nl"));
        var refused = await OrderAsync(first, slug, "nb");
        await refused.ProblemAsync(429, "too-many-packets");
        Assert.Equal("10", refused.Headers.RetryAfter?.ToString());
        await CampaignServer.Expect(202, await OrderAsync(first, slug, "nl"));
        await CampaignServer.Expect(202, await OrderAsync(second, slug, "nb"));
        await (await OrderAsync(second, slug, "nb", "initials")).ProblemAsync(429, "too-many-packets");
    }

    [Fact]
    public async Task Ended_packet_is_gone_and_can_be_built_again()
    {
        await SignAsync();
        var id = await PacketOrders.OrderAsync(_staff, _slug, recipient: "embassy-london", disclosure: "initials");
        await PacketOrders.ApproveAsync(_server, id);
        await PacketOrders.ReadyAsync(_staff, id);
        await _server.WriteAsync("UPDATE packets SET status = 'ended', file_key = NULL", new { });
        await (await _staff.GetAsync($"/api/staff/packets/{id}/file")).ProblemAsync(410, "packet-ended");
        var packet = await _staff.GetFromJsonAsync<JsonObject>($"/api/staff/packets/{id}");
        Assert.Equal("ended", (string?)packet!["status"]);
        Assert.NotEmpty(packet["files"]!.AsArray());
        await CampaignServer.Expect(202, await _staff.PostAsync($"/api/staff/packets/{id}/rebuild", null));
        await PacketOrders.ReadyAsync(_staff, id);
    }

    private async Task SignAsync()
    {
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("kari@example.org", country: "GB"));
        await CampaignServer.UntilAsync(
            async () => (long)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/ledger/head"))["size"]! > 0,
            "not sealed"
        );
    }

    private static Task<HttpResponseMessage> OrderAsync(
        HttpClient who,
        string slug,
        string locale,
        string disclosure = "count"
    ) =>
        who.PostAsJsonAsync(
            $"/api/staff/campaigns/{slug}/packets",
            new
            {
                recipient = "embassy-london",
                locale,
                disclosure,
            }
        );
}
