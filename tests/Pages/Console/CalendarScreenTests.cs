using System.Net.Http.Json;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>A member's addresses for a calendar program.</summary>
public sealed class CalendarScreenTests : IAsyncLifetime
{
    private const string Api = "/api/staff/me/calendars";

    private SignInFixture _fixture = null!;

    private HttpClient Anyone => _fixture.Server.Http;

    public async Task InitializeAsync() => _fixture = await SignInFixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Address_is_shown_once_and_works_until_its_end()
    {
        var slug = await _fixture.Server.OpenCampaignAsync();
        var (kari, _) = await _fixture.MemberAsync(Role.Campaigner);
        using var client = kari;
        var made = await (
            await CampaignServer.Expect(201, await client.Http.PostAsJsonAsync(Api, new { campaign = slug }))
        ).BodyAsync();
        var path = new Uri((string)made["url"]!).AbsolutePath;
        await CampaignServer.Expect(200, await Anyone.GetAsync(path));
        var listed = Assert.Single(await client.Http.ListAsync(Api))!.AsObject();
        Assert.Equal(["id", "campaign", "createdAt", "usedAt"], listed.Select(field => field.Key));
        Assert.Equal(slug, (string?)listed["campaign"]);
        await (await client.Http.PostAsJsonAsync(Api, new { campaign = "nowhere" })).RefusesFieldsAsync("campaign");
        await (await client.Http.PostAsJsonAsync(Api, new { campaign = 7 })).RefusesFieldsAsync("campaign");

        var one = $"{Api}/{(string)made["id"]!}";
        await CampaignServer.Expect(204, await client.Http.DeleteAsync(one));
        await (await client.Http.DeleteAsync(one)).ProblemAsync(404, "not-found");
        await CampaignServer.Expect(404, await Anyone.GetAsync(path));
        Assert.Empty(await client.Http.ListAsync(Api));
    }

    [Fact]
    public async Task Member_makes_and_ends_an_address_by_forms()
    {
        var (kari, _) = await _fixture.MemberAsync(Role.Campaigner);
        using var client = kari;
        Assert.Contains("You have no calendar address.", await client.GetAsync("/staff/me"), StringComparison.Ordinal);
        await client.GetAsync("/staff/me/calendars/new");
        var refused = await client.PostAsync("/staff/me/calendars", 400, ("campaign", "nowhere"));
        Assert.Contains("Choose a campaign from the list.", refused, StringComparison.Ordinal);
        await client.PostAsync("/staff/me/calendars", 200, ("campaign", ""));
        var path = new Uri(client.Codes()[0]).PathAndQuery;
        Assert.EndsWith(".ics?lang=en", path, StringComparison.Ordinal);
        await CampaignServer.Expect(200, await Anyone.GetAsync(path));

        Assert.Contains("all campaigns", await client.GetAsync("/staff/me"), StringComparison.Ordinal);
        Assert.DoesNotContain(path, client.Page, StringComparison.Ordinal);
        var id = Assert.Single(await client.Http.ListAsync(Api))!["id"]!.GetValue<string>();
        Assert.Equal("/staff/me", await client.PostAsync($"/staff/me/calendars/{id}/end", 303));
        await CampaignServer.Expect(404, await Anyone.GetAsync(path));
        Assert.Contains("Ended a calendar address", await client.GetAsync("/staff/me"), StringComparison.Ordinal);
    }
}
