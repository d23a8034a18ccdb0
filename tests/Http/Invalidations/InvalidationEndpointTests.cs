using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Invalidations;

/// <summary>Bulk invalidations over HTTP, with the worker beside them.</summary>
public sealed class InvalidationEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private string Path => $"/api/staff/campaigns/{shared.Slug}/invalidations";

    [Fact]
    public async Task Two_members_invalidate_and_undo()
    {
        await shared.Server.SignAndConfirmAsync(
            shared.Slug,
            CampaignServer.Signature("one@robots.example", country: "IS")
        );
        await shared.Server.SignAndConfirmAsync(
            shared.Slug,
            CampaignServer.Signature("two@robots.example", country: "GB")
        );
        var answer = await AskAsync(new { mailDomain = "Robots.example" });
        Assert.Equal(202, (int)answer.StatusCode);
        var asked = await answer.BodyAsync();
        Assert.Equal(
            ("counting", "robots.example"),
            ((string)asked["status"]!, (string)asked["conditions"]!["mailDomain"]!)
        );
        Assert.EndsWith($"{Path}/{asked["id"]}", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        var counted = await UntilAsync((string)asked["id"]!, "counted");
        Assert.Equal(2, (int)counted["count"]!);
        Assert.Equal("""{"GB":1,"IS":1}""", counted["byCountry"]!.ToJsonString());
        Assert.Equal("[]", counted["stalePackets"]!.ToJsonString());
        Assert.Equal(2, counted["sample"]!.AsArray().Count);
        Assert.DoesNotContain("one@", counted.ToJsonString(), StringComparison.Ordinal);

        var one = $"{Path}/{asked["id"]}";
        await (
            await shared.Staff.PostAsJsonAsync($"{one}/start", new { count = 3 })
        ).ProblemAsync(409, "changed-meanwhile");
        var waiting = await shared.Staff.PostAsJsonAsync($"{one}/start", new { count = 2 });
        Assert.Equal("awaiting-approval", (string)(await Accepted(waiting))["status"]!);
        await (await shared.Staff.PostAsync($"{one}/approve", null)).ProblemAsync(403, "own-request");
        using var other = await shared.Server.StaffAsync(Role.Campaigner);
        await (
            await other.PostAsJsonAsync($"{one}/start", new { count = 2 })
        ).ProblemAsync(409, "approval-needed");
        Assert.Equal("running", (string)(await Accepted(await other.PostAsync($"{one}/approve", null)))["status"]!);
        var done = await UntilAsync((string)asked["id"]!, "done");
        Assert.Equal(2, (int)done["invalidated"]!);
        Assert.NotNull(done["undoUntil"]);
        await (await other.PostAsync($"{one}/approve", null)).ProblemAsync(409, "already-decided");
        await (await other.PostAsync($"{one}/cancel", null)).ProblemAsync(409, "wrong-state");
        Assert.Equal(0, (int)(await shared.Server.GetJsonAsync($"/api/campaigns/{shared.Slug}/counts"))["confirmed"]!);

        for (var times = 0; times < 2; times++)
            Assert.Equal("undone", (string)(await Accepted(await other.PostAsync($"{one}/undo", null)))["status"]!);
        await CampaignServer.UntilAsync(
            async () => (await ShowAsync((string)asked["id"]!))["undo"]!["endedAt"] is not null,
            "the undo does not end"
        );
        var undo = (await ShowAsync((string)asked["id"]!))["undo"]!;
        Assert.Equal((2, 0), ((int)undo["restored"]!, (int)undo["skipped"]!));
        Assert.Equal(2, (int)(await shared.Server.GetJsonAsync($"/api/campaigns/{shared.Slug}/counts"))["confirmed"]!);
        Assert.Contains(await shared.Staff.ListAsync(Path), item => (string)item!["id"]! == (string)asked["id"]!);
    }

    [Fact]
    public async Task Invalidation_without_a_condition_is_refused()
    {
        await (await AskAsync(new { })).RefusesFieldsAsync("conditions");
        await (
            await shared.Staff.PostAsJsonAsync(Path, new { reason = "robots" })
        ).RefusesFieldsAsync("conditions");
        await (
            await shared.Staff.PostAsJsonAsync(Path, new { conditions = new { countries = (string[])["GB"] } })
        ).RefusesFieldsAsync("reason");
        await (
            await AskAsync(
                new
                {
                    countries = (string[])["XX"],
                    states = (string[])["withdrawn"],
                    wave = "x",
                    mailDomain = "robots",
                    holdReason = "A",
                    signedFrom = "2019-05-17T09:00:00.000Z",
                    signedTo = "2019-05-17T09:00:00.000Z",
                    network = "192.0.2.1",
                }
            )
        ).RefusesFieldsAsync(
            "conditions.countries[0]",
            "conditions.states[0]",
            "conditions.wave",
            "conditions.mailDomain",
            "conditions.holdReason",
            "conditions.signedTo",
            "conditions.network"
        );
        await (await AskAsync(new { countries = Array.Empty<string>() })).RefusesFieldsAsync("conditions.countries");
    }

    [Fact]
    public async Task Request_with_the_same_key_asks_once()
    {
        List<string> ids = [];
        for (var times = 0; times < 2; times++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path)
            {
                Content = JsonContent.Create(new { reason = "robots", conditions = new { wave = "17" } }),
            };
            request.Headers.Add("Idempotency-Key", "the-same");
            ids.Add((string)(await Accepted(await shared.Staff.SendAsync(request)))["id"]!);
        }
        Assert.Single(ids.Distinct());
        var empty = await UntilAsync(ids[0], "counted");
        Assert.Equal((0, "{}"), ((int)empty["count"]!, empty["byCountry"]!.ToJsonString()));
    }

    [Fact]
    public async Task Invalidation_of_another_campaign_is_not_found()
    {
        var asked = await Accepted(await AskAsync(new { wave = "18" }));
        var elsewhere = await shared.Server.OpenCampaignAsync("invalidate-elsewhere");
        var address = $"/api/staff/campaigns/{elsewhere}/invalidations/{asked["id"]}";
        await (await shared.Staff.GetAsync(address)).ProblemAsync(404, "not-found");
        foreach (var act in (string[])["approve", "cancel", "undo"])
            await (await shared.Staff.PostAsync($"{address}/{act}", null)).ProblemAsync(404, "not-found");
        await (
            await shared.Staff.PostAsJsonAsync($"{address}/start", new { count = 0 })
        ).ProblemAsync(404, "not-found");
    }

    private Task<HttpResponseMessage> AskAsync(object conditions) =>
        shared.Staff.PostAsJsonAsync(Path, new { reason = "robots", conditions });

    private static async Task<JsonObject> Accepted(HttpResponseMessage answer) =>
        await (await CampaignServer.Expect(202, answer)).BodyAsync();

    private async Task<JsonObject> ShowAsync(string id) =>
        await (await shared.Staff.GetAsync($"{Path}/{id}")).BodyAsync();

    private async Task<JsonObject> UntilAsync(string id, string status)
    {
        await CampaignServer.UntilAsync(
            async () => (string)(await ShowAsync(id))["status"]! == status,
            $"the bulk invalidation is not {status}"
        );
        return await ShowAsync(id);
    }
}
