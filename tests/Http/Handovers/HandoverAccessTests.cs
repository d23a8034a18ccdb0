using System.Net.Http.Json;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>Who sees which hand-overs, and how much of them.</summary>
public sealed class HandoverAccessTests(HandoverServer shared) : IClassFixture<HandoverServer>
{
    private const string Secret = HandoverServer.Secret;

    [Fact]
    public async Task Auditor_and_reading_token_see_records_without_notes()
    {
        var address = await shared.PlannedAsync();
        await shared.AttemptAsync(address, shared.Today(), "received");
        using var auditor = await shared.Server.StaffAsync(Role.Auditor);
        var member = shared
            .Server.Services.GetRequiredService<StaffStore>()
            .List()
            .First(one => one.Role == Role.Administrator);
        var (_, token) = await shared
            .Server.Services.GetRequiredService<TokenStore>()
            .AddAsync(member.Id, "wall", readOnly: true, TimeSpan.FromDays(9));
        using var reading = shared.Server.WithBearer(token);
        foreach (var reader in (HttpClient[])[auditor, reading])
            foreach (var path in (string[])[address, shared.Handovers])
            {
                var answer = await CampaignServer.Expect(200, await reader.GetAsync(path));
                var text = await answer.Content.ReadAsStringAsync();
                Assert.Contains("\"received\"", text, StringComparison.Ordinal);
                Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            }
    }

    [Fact]
    public async Task Organiser_reaches_recipients_whose_countries_are_all_theirs()
    {
        var address = await shared.PlannedAsync();
        using var oslo = await shared.Server.StaffAsync(Role.Organiser, "NO");
        using var london = await shared.Server.StaffAsync(Role.Organiser, "GB");
        await CampaignServer.Expect(200, await oslo.GetAsync(address));
        Assert.NotEmpty(await oslo.ListAsync(shared.Handovers));
        Assert.Empty(await london.ListAsync(shared.Handovers));
        await (await london.GetAsync(address)).ProblemAsync(404, "not-found");
        await (await london.DeleteAsync(address)).ProblemAsync(404, "not-found");
        await (
            await london.PostAsJsonAsync($"{address}/attempts", new { on = shared.Today(), outcome = "received" })
        ).ProblemAsync(404, "not-found");

        var packet = await PacketOrders.OrderAsync(shared.Staff, shared.Slug, recipient: "president");
        var forAll = new { recipient = "president", packets = new[] { packet } };
        await (await oslo.PostAsJsonAsync(shared.Handovers, forAll)).RefusesFieldsAsync("recipient");
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(shared.Handovers, forAll));
        Assert.DoesNotContain(await oslo.ListAsync(shared.Handovers), one => (string?)one!["recipient"] == "president");
    }

    [Fact]
    public async Task Public_campaign_shows_public_handovers_without_notes()
    {
        var slug = await shared.Server.OpenCampaignAsync("in-public");
        var path = $"/api/campaigns/{slug}";
        Assert.Empty((await shared.Server.GetJsonAsync(path))["handovers"]!.AsArray());
        var packet = await shared.ReadyPacketAsync(slug);
        var handovers = $"/api/staff/campaigns/{slug}/handovers";
        var hidden = shared.Plan(packet);
        hidden["public"] = false;
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(handovers, hidden));
        var created = await CampaignServer.Expect(
            201,
            await shared.Staff.PostAsJsonAsync(handovers, shared.Plan(packet))
        );
        var address = created.Headers.Location!.ToString();
        await shared.AttemptAsync(address, shared.Today(-34), "received");

        var body = await shared.Server.GetJsonAsync(path);
        Assert.DoesNotContain(Secret, body.ToString(), StringComparison.Ordinal);
        var shown = Assert.Single(body["handovers"]!.AsArray())!;
        Assert.Equal(
            [
                "recipient",
                "state",
                "plannedOn",
                "deliveredOn",
                "attempts",
                "answerDue",
                "daysWithoutAnswer",
                "answer",
            ],
            shown.AsObject().Select(field => field.Key)
        );
        Assert.Equal(["on", "outcome"], shown["attempts"]![0]!.AsObject().Select(field => field.Key));
        Assert.Equal(34, (int?)shown["daysWithoutAnswer"]);
        Assert.True((bool)(await shared.ReadAsync(address))["overdue"]!);

        await shared.AnswerAsync(address, shared.Today(), "full");
        shown = Assert.Single((await shared.Server.GetJsonAsync(path))["handovers"]!.AsArray())!;
        Assert.Equal(["on", "kind", "summary"], shown["answer"]!.AsObject().Select(field => field.Key));
        Assert.Null(shown["daysWithoutAnswer"]);
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, new { @public = false }));
        Assert.Empty((await shared.Server.GetJsonAsync(path))["handovers"]!.AsArray());
    }
}
