using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Pages.Console;

/// <summary>Waves, limits and bulk invalidations over HTTP, as two members use them.</summary>
public sealed class AbuseScreenTests(AbuseServer shared) : IClassFixture<AbuseServer>
{
    private CampaignServer Server => shared.Server;

    private string Screen => $"/staff/c/{shared.Slug}/abuse";

    [Fact]
    public async Task Wave_is_decided_and_many_are_invalidated_and_restored()
    {
        using var one = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        using var other = await FormClient.SignInAsync(Server.Url, Role.Administrator);
        Assert.Contains("No wave", await one.PageAsync(Screen));
        for (var i = 0; i < 6; i++)
            await Server.SignAsync(shared.Slug, CampaignServer.Signature($"robot{i}@robots.example", country: "GB"));

        // Today leads here.
        Assert.Contains($"href=\"{Screen}\"", await one.PageAsync("/staff"));
        var wave = (string)
            Assert.Single(await shared.Staff.ListAsync($"/api/staff/campaigns/{shared.Slug}/waves"))!["id"]!;
        var page = await one.PageAsync(Screen);
        Assert.Contains($"{Screen}/waves/{wave}/release", page);
        Assert.Contains("Signatures of a network in an hour", page);

        var invalidate = $"{Screen}/waves/{wave}/invalidate";
        page = await one.PageAsync(invalidate);
        Assert.Contains("Invalidate 3 signatures", page);
        Assert.Contains("Give a reason", await ReadAsync(await one.SubmitAsync(page, invalidate), 400));
        // More than one member may invalidate alone leads to a bulk invalidation of the wave.
        var limits = Server.Services.GetRequiredService<IOptions<InvalidationOptions>>().Value;
        var before = limits.MostAlone;
        limits.MostAlone = 2;
        var refused = await ReadAsync(
            await one.SubmitAsync(page, invalidate, FormClient.Field("reason", "robots")),
            409
        );
        Assert.Contains($"{Screen}/invalidations/new?wave={wave}", refused);
        limits.MostAlone = before;
        var release = await one.PageAsync($"{Screen}/waves/{wave}/release");
        Assert.Contains("Release 3 signatures", release);
        var done = await CampaignServer.Expect(303, await one.SubmitAsync(release, $"{Screen}/waves/{wave}/release"));
        page = await one.PageAsync(done.Headers.Location!.ToString());
        Assert.Contains("The wave is released.", page);
        Assert.Contains("decided", page);
        await one.PageAsync($"{Screen}/waves/17/release", 404);

        var address = await AskAsync(one);
        page = await UntilAsync(one, address, "It covers 6 signatures");
        Assert.Contains("Invalidate 6 signatures", page);
        Assert.Contains(
            "This is not the number that was counted.",
            await ReadAsync(await one.SubmitAsync(page, address + "/start", FormClient.Field("count", "5")), 409)
        );
        await ActAsync(one, page, address, "start", FormClient.Field("count", "6"));
        page = await one.PageAsync(address);
        Assert.Contains("This waits for another member", page);
        Assert.DoesNotContain(address + "/approve", page);
        page = await other.PageAsync(address);
        Assert.Contains("Approve: invalidate 6 signatures", page);
        await ActAsync(other, page, address, "approve");
        page = await UntilAsync(one, address, "Restore 6 signatures");
        Assert.Contains("Demonstration administrator", page);
        await ActAsync(one, page, address, "undo");
        page = await UntilAsync(one, address, "6 signatures restored");
        Assert.Contains("0 were skipped", page);
        Assert.Contains("undone", await one.PageAsync(Screen + "/invalidations"));
    }

    [Fact]
    public async Task Conditions_are_checked_as_in_the_api_and_a_count_can_be_cancelled()
    {
        using var one = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var form = await one.PageAsync(Screen + "/invalidations/new?wave=4711");
        Assert.Contains("value=\"4711\"", form);
        var none = await one.SubmitAsync(form, Screen + "/invalidations", FormClient.Field("reason", "robots"));
        Assert.Contains("Give at least one condition.", await ReadAsync(none, 400));
        var wrong = await one.SubmitAsync(
            form,
            Screen + "/invalidations",
            FormClient.Field("wave", "x"),
            FormClient.Field("mailDomain", "robots"),
            FormClient.Field("signedFrom", "2019-05-17T09:00"),
            FormClient.Field("signedTo", "2019-05-17T09:00"),
            FormClient.Field("countries", "NO")
        );
        var refused = await ReadAsync(wrong, 400);
        foreach (var field in (string[])["reason", "wave", "mailDomain", "signedTo"])
            Assert.Contains($"href=\"#{field}\"", refused);
        Assert.Contains("value=\"2019-05-17T09:00\"", refused);
        Assert.Contains("value=\"NO\" checked", refused);

        var asked = await CampaignServer.Expect(
            303,
            await one.SubmitAsync(
                form,
                Screen + "/invalidations",
                FormClient.Field("reason", "robots"),
                FormClient.Field("wave", "4711")
            )
        );
        var address = asked.Headers.Location!.ToString();
        var page = await UntilAsync(one, address, "It covers 0 signatures");
        Assert.DoesNotContain(address + "/start", page);
        await ActAsync(one, page, address, "cancel");
        Assert.Contains("cancelled", await one.PageAsync(address));
        await one.PageAsync(Screen + "/invalidations/17", 404);
    }

    [Fact]
    public async Task Limits_say_how_often_they_acted_by_the_hour_and_not_for_few()
    {
        var slug = await Server.OpenCampaignAsync("acted");
        for (var i = 0; i < 12; i++)
            await Server.SignAsync(slug, CampaignServer.Signature($"acted{i}@example.org"));
        Assert.Equal(0, (long?)await TimesAsync(slug, "HoldAfterPerNetworkPerHour"));
        Server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.InRange((long)(await TimesAsync(slug, "HoldAfterPerNetworkPerHour"))!, 9, 18);
        Server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, (long?)await TimesAsync(slug, "HoldAfterPerNetworkPerHour"));
    }

    [Fact]
    public async Task Providers_are_counted_by_day()
    {
        var slug = await Server.OpenCampaignAsync("providers");
        await Server.SignAsync(slug, CampaignServer.Signature("one@gmail.com"));
        await Server.SignAsync(slug, CampaignServer.Signature("two@gmail.com"));
        var found = await shared.Staff.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{slug}/providers");
        var row = Assert.Single(found!["items"]!.AsArray())!;
        Assert.Equal("gmail", (string)row["provider"]!);
        Assert.Equal("[0,0,0,0,0,0,2]", row["signed"]!.ToJsonString());
        Assert.Equal(7, found["days"]!.AsArray().Count);
    }

    private async Task<JsonNode?> TimesAsync(string slug, string limit)
    {
        var found = await shared.Staff.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{slug}/limits");
        return found!["items"]!.AsArray().Single(one => (string)one!["name"]! == limit)!["times"];
    }

    private async Task<string> AskAsync(FormClient client)
    {
        var form = await client.PageAsync(Screen + "/invalidations/new");
        var asked = await client.SubmitAsync(
            form,
            Screen + "/invalidations",
            FormClient.Field("reason", "robots"),
            FormClient.Field("mailDomain", "Robots.example")
        );
        return (await CampaignServer.Expect(303, asked)).Headers.Location!.ToString();
    }

    private static async Task ActAsync(
        FormClient client,
        string page,
        string address,
        string act,
        params KeyValuePair<string, string>[] fields
    )
    {
        var done = await CampaignServer.Expect(303, await client.SubmitAsync(page, $"{address}/{act}", fields));
        Assert.Equal(address, done.Headers.Location!.ToString());
    }

    private static async Task<string> UntilAsync(FormClient client, string address, string sentence)
    {
        var page = "";
        await CampaignServer.UntilAsync(
            async () => (page = await client.PageAsync(address)).Contains(sentence, StringComparison.Ordinal),
            $"the page does not say: {sentence}"
        );
        return page;
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer, int status = 200) =>
        await (await CampaignServer.Expect(status, answer)).Content.ReadAsStringAsync();
}
