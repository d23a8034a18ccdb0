using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Server;

/// <summary>Campaigns in the public API.</summary>
public sealed class PublicCampaignTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Open_campaigns_are_listed_with_exactly_these_fields()
    {
        await CreateAsync("listed-draft");
        await shared.Server.OpenCampaignAsync("listed-closed");
        await CampaignServer.Expect(
            204,
            await shared.Staff.PostAsync("/api/staff/campaigns/listed-closed/close", null)
        );
        var list = await shared.Http.ListAsync("/api/campaigns");
        var slugs = list.Select(campaign => (string)campaign!["slug"]!).ToList();
        Assert.Contains(shared.Slug, slugs);
        Assert.DoesNotContain("listed-draft", slugs);
        Assert.DoesNotContain("listed-closed", slugs);
        var one = list[slugs.IndexOf(shared.Slug)]!.AsObject();
        Assert.Equal(["slug", "titles", "confirmed", "goal", "state", "closesAt"], one.Select(field => field.Key));
        Assert.Equal(["en", "nl", "nb"], one["titles"]!.AsObject().Select(title => title.Key));
        Assert.Equal("open", (string?)one["state"]);
    }

    [Fact]
    public async Task Campaign_has_exactly_the_fields_of_the_contract()
    {
        var campaign = await shared.Server.GetJsonAsync($"/api/campaigns/{shared.Slug}");
        Assert.Equal(
            [
                "slug",
                "state",
                "organisation",
                "controller",
                "privacyNotice",
                "texts",
                "countries",
                "recipients",
                "goal",
                "confirmed",
                "opensAt",
                "closesAt",
                "handOverOn",
                "eraseAfterDays",
                "timeZone",
                "handovers",
            ],
            campaign.Select(field => field.Key)
        );
        Assert.Equal(["name", "contact"], Keys(campaign["controller"]));
        Assert.Equal(["version", "text"], Keys(campaign["privacyNotice"]));
        Assert.All(campaign["texts"]!.AsObject(), text =>
            Assert.Equal(["title", "demand", "version", "hash"], Keys(text.Value))
        );
        Assert.All(campaign["countries"]!.AsArray(), country =>
            Assert.Equal(["country", "name", "goal"], Keys(country))
        );
        Assert.All(campaign["recipients"]!.AsArray(), recipient => Assert.Equal(["key", "name"], Keys(recipient)));
        Assert.Equal(1, (int)campaign["texts"]!["en"]!["version"]!);
    }

    [Fact]
    public async Task Campaign_response_varies_by_Accept_Language()
    {
        var answer = await shared.Http.GetAsync($"/api/campaigns/{shared.Slug}");
        Assert.Contains("Accept-Language", answer.Headers.Vary);
    }

    [Fact]
    public async Task Drafts_are_404_everywhere_and_closed_campaigns_are_not()
    {
        await CreateAsync("draft");
        foreach (
            var path in (string[])
                ["", "/counts", "/counts/stream", "/ledger", "/ledger/head", "/ledger/entries/0/proof"]
        )
            await (await shared.Http.GetAsync("/api/campaigns/draft" + path)).ProblemAsync(404, "no-such-campaign");
        foreach (var path in (string[])["/signatures", "/manage-link"])
            await (
                await shared.Http.PostAsJsonAsync(
                    "/api/campaigns/draft" + path,
                    CampaignServer.Signature("draft@example.org")
                )
            ).ProblemAsync(404, "no-such-campaign");
        await CampaignServer.Expect(204, await shared.Staff.PostAsync("/api/staff/campaigns/draft/open", null));
        foreach (var move in (string[])["/close", "/archive"])
        {
            await CampaignServer.Expect(204, await shared.Staff.PostAsync("/api/staff/campaigns/draft" + move, null));
            foreach (var path in (string[])["", "/counts", "/ledger", "/ledger/head"])
                await CampaignServer.Expect(200, await shared.Http.GetAsync("/api/campaigns/draft" + path));
        }
        Assert.Equal("archived", (string?)(await shared.Server.GetJsonAsync("/api/campaigns/draft"))["state"]);
    }

    [Fact]
    public async Task Unknown_path_and_wrong_method_return_problems()
    {
        await (await shared.Http.GetAsync("/api")).ProblemAsync(404, "not-found");
        await (await shared.Http.GetAsync("/api/nonsense")).ProblemAsync(404, "not-found");
        await (await shared.Http.GetAsync("/api/campaigns/x/y/z")).ProblemAsync(404, "not-found");
        await (await shared.Http.GetAsync("/api/staff")).ProblemAsync(404, "not-found");
        var wrong = await shared.Http.GetAsync("/api/confirmations");
        await wrong.ProblemAsync(405, "method-not-allowed");
        Assert.Equal(["POST"], wrong.Content.Headers.Allow);
        await (await shared.Http.DeleteAsync($"/api/campaigns/{shared.Slug}")).ProblemAsync(405, "method-not-allowed");
    }

    [Fact]
    public async Task Readiness_names_what_is_missing()
    {
        foreach (var path in (string[])["/healthz/live", "/healthz/ready"])
        {
            var health = await shared.Server.GetJsonAsync(path);
            Assert.Equal("ok", (string?)health["status"]);
            Assert.Empty(health["missing"]!.AsObject());
        }
    }

    private async Task CreateAsync(string slug)
    {
        var body = Example.Campaign();
        body["slug"] = slug;
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync("/api/staff/campaigns", body));
    }

    private static IEnumerable<string> Keys(JsonNode? node) => node!.AsObject().Select(field => field.Key);
}
