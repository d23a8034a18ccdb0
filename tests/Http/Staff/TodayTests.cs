using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;

namespace Campaigns.Tests.Http.Staff;

/// <summary>What waits for staff, and what is new since they looked.</summary>
public sealed class TodayTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;
    private string _sensitive = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync("quiet", body => body["sensitive"] = false);
        _sensitive = await _server.OpenCampaignAsync("sensitive", body => body["sensitive"] = true);
        _server.Clock.AdvanceToNextHour();
        await _server.RunAsync<SnapshotCountsJob>();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Queues_name_what_waits_with_its_age_and_its_screen()
    {
        using var staff = await _server.StaffAsync();
        Assert.Empty((await TodayAsync(staff))["queues"]!.AsArray());
        await SignAsync(_slug, 2);
        await _server.WaitForMailAsync();
        var signedAt = _server.Query<long>("SELECT min(signed_at) FROM signatures");
        await _server.WriteAsync("UPDATE signatures SET hold_reason = 'network'");
        await _server.WriteAsync(
            "UPDATE letters SET state = 'failed' WHERE id = (SELECT min(id) FROM letters)"
        );
        await _server.WriteAsync("INSERT INTO recounts VALUES ((SELECT min(id) FROM campaigns), 7, 0)");

        var queues = (await TodayAsync(staff))["queues"]!.AsArray();
        Assert.Equal(
            [
                ("held", "quiet", 2, "/staff/c/quiet/abuse"),
                ("letters", "quiet", 1, "/staff/c/quiet/letters"),
                ("problems", null, 1, "/staff/system"),
            ],
            queues.Select(queue =>
                ((string?)queue!["name"], (string?)queue["campaign"], (int)queue["count"]!, (string?)queue["href"])
            )
        );
        Assert.Equal(Instant.Text(Instant.FromMilliseconds(signedAt)), (string?)queues[0]!["oldestAt"]);

        using var campaigner = await _server.StaffAsync("campaigner");
        Assert.Equal(["held", "letters"], await NamesAsync(campaigner));
        using var organiser = await _server.StaffAsync("organiser", "NO");
        Assert.Empty(await NamesAsync(organiser));
        using var auditor = await _server.StaffAsync("auditor");
        Assert.Empty(await NamesAsync(auditor));
    }

    [Fact]
    public async Task Stale_packets_are_shown_to_those_who_reach_them()
    {
        await _server.WriteAsync(
            """
            INSERT INTO packets (id, campaign_id, recipient_key, countries, disclosure, disclosure_asked, locale,
                include_csv, cut_off_size, cut_off_root, requested_at, requested_by, status, line_key)
            SELECT 7, id, 'embassy-london', '["GB","NL"]', 'name', 'name', 'en', 0, 0, '', 1558083600000, 1, 'stale',
                (SELECT check_value FROM key_checks LIMIT 1)
            FROM campaigns WHERE slug = 'quiet'
            """
        );
        foreach (var (role, countries, sees) in ((string, string[], bool)[])
            [
                ("administrator", [], true),
                ("auditor", [], true),
                ("organiser", ["GB", "NL"], true),
                ("organiser", ["GB"], false),
            ])
        {
            using var staff = await _server.StaffAsync(role, countries);
            Assert.Equal(sees ? ["stale-packets"] : [], await NamesAsync(staff));
        }
    }

    [Fact]
    public async Task Small_numbers_of_a_sensitive_campaign_make_no_queue()
    {
        using var staff = await _server.StaffAsync();
        await SignAsync(_sensitive, 5);
        await HoldAsync();
        Assert.Empty(await NamesAsync(staff));
        _server.Clock.AdvanceToNextHour();
        await _server.RunAsync<SnapshotCountsJob>();
        var queue = Assert.Single((await TodayAsync(staff))["queues"]!.AsArray())!;
        Assert.Equal(("held", 5, null), ((string?)queue["name"], (int)queue["count"]!, (string?)queue["oldestAt"]));
        await _server.WriteAsync("UPDATE hourly_counters SET value = 4 WHERE state = 'held'");
        Assert.Empty(await NamesAsync(staff));
    }

    [Fact]
    public async Task News_are_since_the_last_look_of_the_visit_before()
    {
        using var staff = await _server.StaffAsync("campaigner");
        var first = (await TodayAsync(staff))["since"]!;
        Assert.Null((string?)first["at"]);
        Assert.Empty(first["campaigns"]!.AsArray());
        await ConfirmAsync("one@example.org");
        Assert.Equal((1, 0, 0), await NewsAsync(staff));

        // An hour without a look ends the visit; looks in between do not.
        _server.Clock.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal((1, 0, 0), await NewsAsync(staff));
        var lookedAt = _server.Clock.UtcNow();
        _server.Clock.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal((1, 0, 0), await NewsAsync(staff));
        var manage = await ConfirmAsync("two@example.org");
        _server.Clock.Advance(TimeSpan.FromMinutes(70));
        Assert.Equal((1, 0, 0), await NewsAsync(staff));
        Assert.True((DateTimeOffset?)(await TodayAsync(staff))["since"]!["at"] >= lookedAt);
        using (var mine = _server.WithBearer(manage))
            await CampaignServer.Expect(204, await mine.PostAsync("/api/my/signature/withdraw", null));
        Assert.Equal((0, 0, 1), await NewsAsync(staff));
        // Another member has not looked yet.
        using var other = await _server.StaffAsync("campaigner");
        Assert.Null((string?)(await TodayAsync(other))["since"]!["at"]);
    }

    [Fact]
    public async Task Looks_of_an_ended_member_are_deleted()
    {
        using var staff = await _server.StaffAsync("auditor");
        await TodayAsync(staff);
        var id = _server.Query<long>("SELECT DISTINCT staff_id FROM staff_looks");
        var members = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetRequiredService<Db.Staff.StaffStore>(_server.Services);
        await members.RevokeAsync(id, Db.Staff.Actor.Operator);
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM staff_looks"));
    }

    private Task HoldAsync() =>
        _server.WriteAsync(
            """
            UPDATE signatures SET hold_reason = 'network';
            UPDATE counters SET state = 'held' WHERE state = 'pending'
            """
        );

    private async Task SignAsync(string slug, int people)
    {
        for (var n = 0; n < people; n++)
            await _server.SignAsync(slug, CampaignServer.Signature($"person{n}@example.org"));
    }

    private Task<string> ConfirmAsync(string email) =>
        _server.SignAndConfirmAsync(_slug, CampaignServer.Signature(email));

    private async Task<(int, int, int)> NewsAsync(HttpClient staff)
    {
        var news = Assert.Single((await TodayAsync(staff))["since"]!["campaigns"]!.AsArray())!;
        Assert.Equal(_slug, (string?)news["slug"]);
        return ((int)news["confirmed"]!, (int)news["held"]!, (int)news["withdrawn"]!);
    }

    private static async Task<IReadOnlyList<string?>> NamesAsync(HttpClient staff) =>
        [.. (await TodayAsync(staff))["queues"]!.AsArray().Select(queue => (string?)queue!["name"])];

    private static async Task<JsonObject> TodayAsync(HttpClient staff) =>
        await (await CampaignServer.Expect(200, await staff.GetAsync("/api/staff/today"))).BodyAsync();
}
