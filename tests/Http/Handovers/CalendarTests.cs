using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Campaigns.Db.Campaigns;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>The days of hand-overs for calendar programs.</summary>
public sealed partial class CalendarTests(HandoverServer shared) : IClassFixture<HandoverServer>
{
    private CalendarStore Calendars => shared.Server.Services.GetRequiredService<CalendarStore>();

    [Fact]
    public async Task Calendar_has_planned_and_due_day_and_no_note()
    {
        var address = await shared.PlannedAsync();
        var id = address.Split('/')[^1];
        using var answer = await CampaignServer.Expect(200, await shared.Staff.GetAsync(address + "/calendar.ics"));
        Assert.Equal("text/calendar; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal($"handover-{id}.ics", answer.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        var planned = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"UID:handover-{id}-planned\r\n", planned, StringComparison.Ordinal);
        Assert.Contains($"DTSTART;VALUE=DATE:{Compact(shared.Today())}\r\n", planned, StringComparison.Ordinal);
        Assert.Contains("SUMMARY:Hand-over to ", planned, StringComparison.Ordinal);
        Assert.DoesNotContain("-due", planned, StringComparison.Ordinal);

        await shared.AttemptAsync(address, shared.Today(-3), "received");
        using var dutch = await shared.Staff.GetAsync(address + "/calendar.ics?lang=nl");
        var delivered = await dutch.Content.ReadAsStringAsync();
        var due = (string)(await shared.ReadAsync(address))["answerDue"]!;
        Assert.Contains($"UID:handover-{id}-due\r\n", delivered, StringComparison.Ordinal);
        Assert.Contains($"DTSTART;VALUE=DATE:{Compact(due)}\r\n", delivered, StringComparison.Ordinal);
        Assert.Contains("SUMMARY:Overhandiging aan ", delivered, StringComparison.Ordinal);
        Assert.All([planned, delivered], text => Assert.DoesNotContain(HandoverServer.Secret, text));
        Assert.All([planned, delivered], text => Assert.DoesNotContain("Kari", text));
        var looks = shared.Server.Query<long>(
            "SELECT count(*) FROM audit WHERE action = 'handover.look' AND subject = @id",
            new { id }
        );
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task Each_change_raises_the_sequence_and_a_cancelled_one_is_sent_as_cancelled()
    {
        var address = await shared.PlannedAsync();
        List<long> sequences = [];
        await ReadAsync("CONFIRMED");
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, new { occasion = "Vigil" }));
        await ReadAsync("CONFIRMED");
        shared.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await shared.AttemptAsync(address, shared.Today(), "refused");
        await ReadAsync("CONFIRMED");
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, new { state = "cancelled" }));
        await ReadAsync("CANCELLED");
        Assert.Equal(sequences.Distinct().Order(), sequences);

        async Task ReadAsync(string status)
        {
            var text = await shared.Staff.GetStringAsync(address + "/calendar.ics");
            Assert.Contains($"STATUS:{status}\r\n", text, StringComparison.Ordinal);
            sequences.Add(long.Parse(Sequence().Match(text).Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Calendar_reaches_as_far_as_the_handover()
    {
        var path = await shared.PlannedAsync() + "/calendar.ics";
        using var oslo = await shared.Server.StaffAsync(Role.Organiser, "NO");
        using var london = await shared.Server.StaffAsync(Role.Organiser, "GB");
        using var auditor = await shared.Server.StaffAsync(Role.Auditor);
        await CampaignServer.Expect(200, await oslo.GetAsync(path));
        await CampaignServer.Expect(200, await auditor.GetAsync(path));
        await (await london.GetAsync(path)).ProblemAsync(404, "not-found");
        await (await shared.Http.GetAsync(path)).ProblemAsync(401, "not-signed-in");
    }

    [Fact]
    public async Task Address_reads_what_its_member_reaches_at_each_read()
    {
        var id = (await shared.PlannedAsync()).Split('/')[^1];
        var services = shared.Server.Services;
        var staff = services.GetRequiredService<StaffStore>();
        var members = services.GetRequiredService<MemberStore>();
        var member = await staff.EnsureAsync("Calendar reader", Role.Organiser, ["NO"]);
        var (_, token) = await Calendars.AddAsync(member, null);
        Assert.Contains(id, await ReadAsync(token), StringComparison.Ordinal);
        Assert.NotNull(Calendars.List(member).Single().UsedAt);

        await members.ChangeAsync(member, Role.Organiser, ["GB"], Actor.Operator);
        Assert.DoesNotContain("VEVENT", await ReadAsync(token), StringComparison.Ordinal);
        await members.ChangeAsync(member, Role.Auditor, [], Actor.Operator);
        Assert.Contains(id, await ReadAsync(token), StringComparison.Ordinal);
        using (var bearer = shared.Server.WithBearer(token))
            await (await bearer.GetAsync("/api/staff/me")).ProblemAsync(401, "not-signed-in");

        await staff.RevokeAsync(member, Actor.Operator);
        await CampaignServer.Expect(404, await shared.Http.GetAsync(AddressOf(token)));
    }

    [Fact]
    public async Task Address_of_one_campaign_reads_only_that_one_until_it_ends()
    {
        var slug = await shared.Server.OpenCampaignAsync("calendar-of-one");
        var own = (await shared.PlannedAsync(slug: slug)).Split('/')[^1];
        var other = (await shared.PlannedAsync()).Split('/')[^1];
        var services = shared.Server.Services;
        var member = await services.GetRequiredService<StaffStore>().EnsureAsync("One", Role.Campaigner, []);
        var campaign = services.GetRequiredService<CampaignStore>().Find(slug);
        var (calendar, token) = await Calendars.AddAsync(member, campaign);
        var text = await ReadAsync(token);
        Assert.Contains(own, text, StringComparison.Ordinal);
        Assert.DoesNotContain(other, text, StringComparison.Ordinal);
        Assert.DoesNotContain(HandoverServer.Secret, text, StringComparison.Ordinal);

        Assert.False(await Calendars.EndAsync(member + 1, calendar));
        Assert.True(await Calendars.EndAsync(member, calendar));
        Assert.Empty(Calendars.List(member));
        await CampaignServer.Expect(404, await shared.Http.GetAsync(AddressOf(token)));
        await CampaignServer.Expect(404, await shared.Http.GetAsync(AddressOf("unknown")));
    }

    private async Task<string> ReadAsync(string token)
    {
        using var answer = await CampaignServer.Expect(200, await shared.Http.GetAsync(AddressOf(token)));
        Assert.Equal("text/calendar; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return await answer.Content.ReadAsStringAsync();
    }

    private static string AddressOf(string token) => $"/calendar/{token}.ics";

    private static string Compact(string day) => day.Replace("-", "", StringComparison.Ordinal);

    [GeneratedRegex(@"SEQUENCE:(\d+)")]
    private static partial Regex Sequence();
}
