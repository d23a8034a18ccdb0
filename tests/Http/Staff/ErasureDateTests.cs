using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

/// <summary>No call of staff erases the signers of a campaign by its dates.</summary>
public sealed class ErasureDateTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private HttpClient _administrator = null!;
    private HttpClient _campaigner = null!;
    private string _path = null!;
    private DateTimeOffset _now;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _server.Clock.AdvanceToNextHour();
        _administrator = await _server.StaffAsync();
        _campaigner = await _server.StaffAsync(Role.Campaigner);
        _now = _server.Clock.UtcNow();
        var slug = await _server.OpenCampaignAsync(change: body =>
        {
            body["opensAt"] = null;
            body["closesAt"] = Instant.Text(_now.AddDays(20));
            body["handOverOn"] = Instant.Text(Instant.Day(_now.AddDays(25)));
            body["eraseAfterDays"] = 60;
        });
        _path = $"/api/staff/campaigns/{slug}";
        await _server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
    }

    public async Task DisposeAsync()
    {
        _administrator.Dispose();
        _campaigner.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Edit_that_would_erase_within_30_days_is_refused_by_field()
    {
        var before = await ReadAsync();
        var past = new
        {
            closesAt = Instant.Text(_now.AddYears(-1)),
            handOverOn = Instant.Text(Instant.Day(_now.AddYears(-1))),
            eraseAfterDays = 0,
        };
        foreach (var staff in (HttpClient[])[_administrator, _campaigner])
            await (await staff.PatchAsJsonAsync(_path, past)).RefusesFieldsAsync(
                "closesAt",
                "handOverOn",
                "eraseAfterDays"
            );
        Assert.Equal(before.ToJsonString(), (await ReadAsync()).ToJsonString());
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM audit WHERE action = 'campaign.erasure'"));
    }

    [Fact]
    public async Task Only_an_administrator_moves_the_erasure_closer()
    {
        var sooner = new { eraseAfterDays = 40 };
        await (await _campaigner.PatchAsJsonAsync(_path, sooner)).RefusesFieldsAsync("eraseAfterDays");
        var before = (string)(await ReadAsync())["eraseOn"]!;
        await CampaignServer.Expect(200, await _administrator.PatchAsJsonAsync(_path, sooner));
        var after = (string)(await ReadAsync())["eraseOn"]!;
        Assert.NotEqual(before, after);

        var lines = await _administrator.ListAsync("/api/staff/audit");
        var line = Assert.Single(lines, one => (string?)one!["action"] == "campaign.erasure")!;
        Assert.Matches($"^from {before}T.* to {after}T", (string)line["detail"]!);
    }

    [Fact]
    public async Task Closing_and_archiving_leave_30_days()
    {
        var open = await _server.OpenCampaignAsync("open-ended", body =>
        {
            body["opensAt"] = body["closesAt"] = null;
            body["handOverOn"] = Instant.Text(Instant.Day(_now.AddDays(-10)));
            body["eraseAfterDays"] = 0;
        });
        await CampaignServer.Expect(204, await _campaigner.PostAsync($"/api/staff/campaigns/{open}/close", null));
        await CampaignServer.Expect(204, await _campaigner.PostAsync($"/api/staff/campaigns/{open}/archive", null));
        var view = (await _administrator.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{open}"))!;
        Assert.Equal(Instant.Text(Instant.Day(_now.AddDays(30))), (string?)view["eraseOn"]);

        // An announced closing is what signers were shown; closing early does not move it.
        var before = (string?)(await ReadAsync())["eraseOn"];
        await CampaignServer.Expect(204, await _campaigner.PostAsync($"{_path}/close", null));
        Assert.Equal(before, (string?)(await ReadAsync())["eraseOn"]);
    }

    [Fact]
    public async Task Campaign_that_promises_an_erasure_needs_a_date_to_open()
    {
        var body = Example.Campaign("no-date");
        body["opensAt"] = body["closesAt"] = body["handOverOn"] = null;
        body["eraseAfterDays"] = 90;
        await CampaignServer.Expect(201, await _campaigner.PostAsJsonAsync("/api/staff/campaigns", body));
        const string Path = "/api/staff/campaigns/no-date";
        await (await _campaigner.PostAsync($"{Path}/open", null)).ProblemAsync(409, "wrong-state");
        await CampaignServer.Expect(
            200,
            await _campaigner.PatchAsJsonAsync(Path, new { handOverOn = Instant.Text(Instant.Day(_now.AddDays(9))) })
        );
        await CampaignServer.Expect(204, await _campaigner.PostAsync($"{Path}/open", null));
        await (await _campaigner.PatchAsync(Path, HttpAnswers.Json("""{"handOverOn":null}"""))).RefusesFieldsAsync(
            "handOverOn"
        );
    }

    private async Task<JsonObject> ReadAsync() => (await _administrator.GetFromJsonAsync<JsonObject>(_path))!;
}
