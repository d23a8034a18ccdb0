using System.Net.Http.Json;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>Pages of all lists.</summary>
public sealed class ListTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Staff = "/api/staff/campaigns";

    [Theory]
    [InlineData("/api/campaigns")]
    [InlineData(Staff)]
    [InlineData(Staff + "/{slug}/packets")]
    [InlineData(Staff + "/{slug}/letters")]
    [InlineData(Staff + "/{slug}/signatures/held")]
    [InlineData("/api/staff/audit")]
    public async Task Limit_and_after_outside_their_range_name_the_field(string pattern)
    {
        var path = pattern.Replace("{slug}", shared.Slug, StringComparison.Ordinal);
        foreach (var limit in (string[])["0", "201", "-1", "x", "1.5", "", "99999999999999999999"])
            await (await shared.Staff.GetAsync($"{path}?limit={limit}")).RefusesFieldsAsync("limit");
        foreach (var after in (string[])["", "x", "17", "____________", "//////////8"])
            await (await shared.Staff.GetAsync($"{path}?after={Uri.EscapeDataString(after)}")).RefusesFieldsAsync(
                "after"
            );
        await (await shared.Staff.GetAsync(path + "?limit=1000&after=x")).RefusesFieldsAsync("limit", "after");
        var answer = await CampaignServer.Expect(200, await shared.Staff.GetAsync(path + "?limit=200"));
        var page = await answer.BodyAsync();
        Assert.True(page.ContainsKey("items") && page.ContainsKey("next"));
    }

    [Fact]
    public async Task Campaigns_are_paged_without_gaps_while_others_are_created()
    {
        foreach (var slug in (string[])["page-a", "page-b", "page-c"])
            await shared.Server.OpenCampaignAsync(slug);
        foreach (var path in (string[])["/api/campaigns?limit=1", Staff + "?limit=1&state=open"])
        {
            var seen = new List<string>();
            for (string? next = null, between = "first-" + path.Length; ; between += "x")
            {
                var address = next is null ? path : $"{path}&after={next}";
                var page = await (await CampaignServer.Expect(200, await shared.Staff.GetAsync(address))).BodyAsync();
                seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["slug"]!));
                next = (string?)page["next"];
                if (next is null)
                    break;
                await shared.Server.OpenCampaignAsync(between);
            }
            Assert.Equal(seen.Distinct(), seen);
            Assert.Equal(["page-c", "page-b", "page-a", shared.Slug], seen.Where(IsFromBefore));
        }

        static bool IsFromBefore(string slug) => !slug.StartsWith("first-", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_list_campaigns_of_a_state_with_the_body_of_each()
    {
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Staff, Example.Campaign("a-draft")));
        var drafts = await shared.Staff.ListAsync(Staff + "?state=draft");
        var draft = Assert.Single(drafts, campaign => (string?)campaign!["slug"] == "a-draft");
        Assert.All(drafts, campaign => Assert.Equal("draft", (string?)campaign!["state"]));
        var shown = await (await shared.Staff.GetAsync(Staff + "/a-draft")).BodyAsync();
        Assert.Equal(shown.ToJsonString(), draft!.ToJsonString());
        await (await shared.Staff.GetAsync(Staff + "?state=opened")).RefusesFieldsAsync("state");
    }

    [Fact]
    public async Task Packets_are_paged_and_an_organiser_gets_full_pages_of_their_own()
    {
        var path = $"{Staff}/{shared.Slug}/packets";
        foreach (
            var (country, disclosure) in ((string, string)[])
                [("GB", "count"), ("NL", "count"), ("GB", "initials"), ("NL", "initials"), ("GB", "name")]
        )
            await CampaignServer.Expect(
                202,
                await shared.Staff.PostAsJsonAsync(
                    path,
                    new
                    {
                        recipient = country == "GB" ? "embassy-london" : "embassy-hague",
                        countries = (string[])[country],
                        disclosure,
                    }
                )
            );
        var all = await shared.Staff.ListAsync(path + "?limit=2");
        Assert.Equal(5, all.Select(packet => (string)packet!["id"]!).Distinct().Count());
        using var organiser = await shared.Server.StaffAsync(Role.Organiser, "GB");
        var page = await (await organiser.GetAsync(path + "?limit=2")).BodyAsync();
        Assert.Equal(2, page["items"]!.AsArray().Count);
        Assert.NotNull(page["next"]);
        var own = await organiser.ListAsync(path + "?limit=2");
        Assert.Equal(
            all.Where(packet => packet!["countries"]!.ToJsonString() == "[\"GB\"]")
                .Select(packet => (string)packet!["id"]!),
            own.Select(packet => (string)packet!["id"]!)
        );
    }

    [Fact]
    public async Task Held_signatures_failed_letters_and_audit_lines_are_paged_in_order()
    {
        var slug = await shared.Server.OpenCampaignAsync("long-lists");
        foreach (var number in Enumerable.Range(0, 3))
            await shared.Server.SignAsync(slug, CampaignServer.Signature($"long{number}@example.org"));
        await shared.Server.WaitForMailAsync();
        var campaign = shared.Server.Query<long>("SELECT id FROM campaigns WHERE slug = @slug", new { slug });
        await shared.Server.WriteAsync(
            "UPDATE signatures SET hold_reason = 'network' WHERE campaign_id = @campaign",
            new { campaign }
        );
        await shared.Server.WriteAsync(
            "UPDATE letters SET state = 'failed' WHERE campaign_id = @campaign",
            new { campaign }
        );
        foreach (
            var (path, count) in ((string, int?)[])
                [($"{Staff}/{slug}/signatures/held", 3), ($"{Staff}/{slug}/letters", 3), ("/api/staff/audit", null)]
        )
        {
            var ids = (await shared.Staff.ListAsync(path + "?limit=1"))
                .Select(item => long.Parse((string)item!["id"]!, System.Globalization.CultureInfo.InvariantCulture))
                .ToList();
            Assert.Equal(ids.Order().Distinct(), ids);
            Assert.Equal(count ?? ids.Count, ids.Count);
        }
    }
}
