using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>Every text of every staff call is checked as the texts of signers are.</summary>
public sealed class StaffTextTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("nul \\u0000")]
    [InlineData("bell \\u0007")]
    [InlineData("two\\nlines")]
    [InlineData("separated \\u2028 lines")]
    [InlineData("separated \\u2029 paragraphs")]
    [InlineData("override \\u202e")]
    [InlineData("isolate \\u2066")]
    [InlineData("half \\ud800")]
    [InlineData("no character \\uffff")]
    public async Task Text_with_hidden_characters_is_refused_by_field(string json)
    {
        await (
            await shared.Staff.PostAsync(
                $"/api/staff/campaigns/{shared.Slug}/signatures/1/invalidate",
                HttpAnswers.Json($$"""{"reason":"{{json}}"}""")
            )
        ).RefusesFieldsAsync("reason");
        foreach (
            var (field, body) in ((string, string)[])
                [
                    ("organisation", $$$"""{"organisation":"{{{json}}}"}"""),
                    ("controller.name", $$$"""{"controller":{"name":"{{{json}}}"}}"""),
                    ("controller.contact", $$$"""{"controller":{"contact":"{{{json}}}"}}"""),
                    ("privacyNotice.version", $$$"""{"privacyNotice":{"version":"{{{json}}}"}}"""),
                    ("texts.en.title", "{\"texts\":{\"en\":{\"title\":\"" + json + "\"}}}"),
                    ("timeZone", $$$"""{"timeZone":"{{{json}}}"}"""),
                ]
        )
            await (
                await shared.Staff.PatchAsync($"/api/staff/campaigns/{shared.Slug}", HttpAnswers.Json(body))
            ).RefusesFieldsAsync(field);
    }

    [Fact]
    public async Task Postal_address_of_several_lines_is_kept()
    {
        var body = Example.Campaign("address-lines");
        var recipient = body["recipients"]![0]!;
        recipient["address"] = "6-7 Kensington Palace Gardens\r\nLondon\r\nW8 4QP\r\nUnited Kingdom\r\n";
        var view = await (
            await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync("/api/staff/campaigns", body))
        ).BodyAsync();
        Assert.Equal(
            "6-7 Kensington Palace Gardens\nLondon\nW8 4QP\nUnited Kingdom",
            (string?)view["recipients"]![0]!["address"]
        );
        recipient["address"] = "1\n2\n3\n4\n5\n6\n7";
        await (
            await shared.Staff.PatchAsJsonAsync(
                "/api/staff/campaigns/address-lines",
                new JsonObject { ["recipients"] = body["recipients"]!.DeepClone() }
            )
        ).RefusesFieldsAsync("recipients[0].address");
    }

    [Fact]
    public async Task Address_from_before_the_limits_stays_until_it_is_changed()
    {
        const string Path = "/api/staff/campaigns/old-address";
        await CampaignServer.Expect(
            201,
            await shared.Staff.PostAsJsonAsync("/api/staff/campaigns", Example.Campaign("old-address"))
        );
        await shared.Server.WriteAsync(
            """
            UPDATE recipients SET address = @address
            WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = 'old-address')
            """,
            new { address = new string('x', 400) }
        );
        await shared.Server.WriteAsync("UPDATE campaigns SET version = version + 1 WHERE slug = 'old-address'");
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(Path, new { goal = 7 }));
    }

    [Fact]
    public async Task Time_zone_is_the_first_countrys_until_it_is_set()
    {
        var body = Example.Campaign("zones");
        body["countries"] = new JsonArray(new JsonObject { ["country"] = "NO", ["goal"] = 1 });
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync("/api/staff/campaigns", body));
        await CampaignServer.Expect(204, await shared.Staff.PostAsync("/api/staff/campaigns/zones/open", null));
        Assert.Equal("Europe/Oslo", (string?)(await shared.Server.GetJsonAsync("/api/campaigns/zones"))["timeZone"]);
        var view = await (
            await CampaignServer.Expect(
                200,
                await shared.Staff.PatchAsJsonAsync("/api/staff/campaigns/zones", new { timeZone = "Europe/Moscow" })
            )
        ).BodyAsync();
        Assert.Equal("Europe/Moscow", (string?)view["timeZone"]);
        Assert.Equal("Europe/Moscow", (string?)(await shared.Server.GetJsonAsync("/api/campaigns/zones"))["timeZone"]);
        await (
            await shared.Staff.PatchAsJsonAsync("/api/staff/campaigns/zones", new { timeZone = "Moscow" })
        ).RefusesFieldsAsync("timeZone");
    }
}
