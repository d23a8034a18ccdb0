using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>Hand-overs over HTTP, with the example's recipients and real packets.</summary>
public sealed class HandoverEndpointTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Secret = "Canary";

    private string Handovers => $"/api/staff/campaigns/{shared.Slug}/handovers";

    [Fact]
    public async Task Handover_goes_from_plan_to_answer()
    {
        var packet = await ReadyPacketAsync();
        var created = await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Handovers, Plan(packet)));
        var address = created.Headers.Location!.ToString();
        var plan = await created.BodyAsync();
        Assert.Equal("planned", (string?)plan["state"]);
        Assert.Null(plan["place"]);
        var read = await ReadAsync(address);
        Assert.Equal($"{Secret} street", (string?)read["place"]);
        Assert.Equal("""["Kari","Ola"]""", read["delegation"]!.ToJsonString());
        Assert.Equal("11:30", (string?)read["time"]);
        Assert.Null(read["daysWithoutAnswer"]);

        Assert.Equal("""{"n":1}""", await AttemptAsync(address, Today(-5), "posted"));
        Assert.Equal("""{"n":2}""", await AttemptAsync(address, Today(-3), "received"));
        read = await ReadAsync(address);
        Assert.Equal(
            ("delivered", Today(-3), Today(27), 3, false),
            (
                (string?)read["state"],
                (string?)read["deliveredOn"],
                (string?)read["answerDue"],
                (int?)read["daysWithoutAnswer"],
                (bool)read["overdue"]!
            )
        );
        Assert.StartsWith("30 calendar days after delivery on", (string?)read["answerRule"], StringComparison.Ordinal);
        Assert.Equal($"{Secret} Nordmann", (string?)read["attempts"]![0]!["by"]);

        Assert.Equal("""{"k":1}""", await AnswerAsync(address, Today(-1), "acknowledged"));
        Assert.Equal("delivered", (string?)(await ReadAsync(address))["state"]);
        Assert.Equal("""{"k":2}""", await AnswerAsync(address, Today(), "partial"));
        read = await ReadAsync(address);
        Assert.Equal(("answered", 2), ((string?)read["state"], (int?)read["answer"]!["k"]));
        Assert.Null(read["daysWithoutAnswer"]);

        var corrected = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync($"{address}/answer/2", new { kind = "acknowledged", reason = "misread" })
        );
        Assert.Equal("delivered", (string?)(await corrected.BodyAsync())["state"]);
        corrected = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(
                $"{address}/attempts/2",
                new { outcome = "returned", place = (string?)null, reason = "misread" }
            )
        );
        var after = await corrected.BodyAsync();
        Assert.Equal("attempted", (string?)after["state"]);
        Assert.Null(after["attempts"]![1]!["place"]);
        Assert.Equal($"{Secret} Nordmann", (string?)after["attempts"]![1]!["by"]);
        Assert.NotNull(after["attempts"]![1]!["correctedAt"]);

        var lines = await shared.Staff.ListAsync($"/api/staff/audit?search={address.Split('/')[^1]}");
        Assert.Equal(
            [
                "handover.answer",
                "handover.attempt",
                "handover.correct-answer",
                "handover.correct-attempt",
                "handover.create",
                "handover.look",
            ],
            lines.Select(line => (string)line!["action"]!).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(Secret, lines.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_is_refused_by_field()
    {
        var packet = await ReadyPacketAsync();
        await RefusesAsync(new { recipient = "embassy-oslo" }, "packets");
        await RefusesAsync(new { recipient = "embassy-oslo", packets = Array.Empty<string>() }, "packets");
        await RefusesAsync(new { recipient = "nobody", packets = new[] { packet } }, "recipient");
        // A packet of another recipient, and one that does not exist.
        await RefusesAsync(new { recipient = "embassy-london", packets = new[] { packet } }, "packets[0]");
        await RefusesAsync(new { recipient = "embassy-oslo", packets = new[] { packet, "17" } }, "packets[1]");
        await RefusesAsync(new { recipient = "embassy-oslo", packets = new[] { packet, packet } }, "packets[1]");
        var body = Plan(packet);
        body["time"] = "25:00";
        body["plannedOn"] = "soon";
        body["delegation"] = new JsonArray("Kari\nOla");
        body["public"] = 1;
        body["state"] = "delivered";
        await RefusesAsync(body, "delegation[0]", "plannedOn", "public", "state", "time");
    }

    [Fact]
    public async Task Packet_of_another_campaign_is_refused()
    {
        var packet = await ReadyPacketAsync();
        var other = await shared.Server.OpenCampaignAsync($"other-{packet}");
        var answer = await shared.Staff.PostAsJsonAsync($"/api/staff/campaigns/{other}/handovers", Plan(packet));
        await answer.RefusesFieldsAsync("packets[0]");
    }

    [Fact]
    public async Task Attempt_and_answer_are_refused_for_future_days_and_wrong_words()
    {
        var address = await PlannedAsync();
        await (await AddAsync(address, new { on = Today(1), outcome = "received" })).RefusesFieldsAsync("on");
        await (await AddAsync(address, new { outcome = "lost" })).RefusesFieldsAsync("on", "outcome");
        await (
            await AddAsync(
                address,
                new
                {
                    on = Today(),
                    outcome = "received",
                    packets = new[] { "17" },
                }
            )
        ).RefusesFieldsAsync("packets[0]");
        var early = new { on = Today(), kind = "full", summary = "No." };
        await (await shared.Staff.PostAsJsonAsync($"{address}/answer", early)).ProblemAsync(409, "wrong-state");
        await AttemptAsync(address, Today(-2), "left-outside");
        await (
            await shared.Staff.PostAsJsonAsync(
                $"{address}/answer",
                new
                {
                    on = Today(-3),
                    kind = "full",
                    summary = "No.",
                }
            )
        ).RefusesFieldsAsync("on");
        await (
            await shared.Staff.PostAsJsonAsync($"{address}/answer", new { on = Today(1), kind = "yes" })
        ).RefusesFieldsAsync("kind", "on", "summary");
        await (
            await shared.Staff.PatchAsJsonAsync($"{address}/attempts/1", new { outcome = "received" })
        ).RefusesFieldsAsync("reason");
        await (
            await shared.Staff.PatchAsJsonAsync($"{address}/attempts/2", new { reason = "x" })
        ).ProblemAsync(404, "not-found");
        await (
            await shared.Staff.PatchAsJsonAsync($"{address}/answer/1", new { reason = "x" })
        ).ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Packet_that_is_not_ready_is_planned_and_not_carried()
    {
        var packet = await ReadyPacketAsync();
        var address = await PlannedAsync(packet);
        foreach (var (status, code) in new[] { ("failed", "packet-not-ready"), ("stale", "packet-stale") })
        {
            await shared.Server.WriteAsync($"UPDATE packets SET status = '{status}' WHERE id = {packet}");
            await (await AddAsync(address, new { on = Today(), outcome = "refused" })).ProblemAsync(409, code);
        }
        await PlannedAsync(packet);
    }

    [Fact]
    public async Task Plan_is_changed_cancelled_and_deleted()
    {
        var packet = await ReadyPacketAsync();
        var address = await PlannedAsync(packet);
        var answer = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(address, new { time = "12:00", note = (string?)null, state = "planned" })
        );
        var changed = await answer.BodyAsync();
        Assert.Equal(("12:00", null), ((string?)changed["time"], (string?)changed["note"]));
        Assert.Equal($"{Secret} street", (string?)changed["place"]);
        await (await shared.Staff.PatchAsJsonAsync(address, new { recipient = "president" })).RefusesFieldsAsync(
            "recipient"
        );
        await (await shared.Staff.PatchAsJsonAsync(address, new { state = "delivered" })).RefusesFieldsAsync("state");

        await AttemptAsync(address, Today(), "refused");
        await (await shared.Staff.DeleteAsync(address)).ProblemAsync(409, "wrong-state");
        answer = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(address, new { state = "cancelled" })
        );
        Assert.Equal("cancelled", (string?)(await answer.BodyAsync())["state"]);
        await (await AddAsync(address, new { on = Today(), outcome = "received" })).ProblemAsync(409, "wrong-state");
        await (await shared.Staff.PatchAsJsonAsync(address, new { time = "13:00" })).ProblemAsync(409, "wrong-state");

        var second = await PlannedAsync(packet);
        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(second));
        await CampaignServer.Expect(404, await shared.Staff.GetAsync(second));
    }

    [Fact]
    public async Task Repeated_request_creates_nothing_again_and_stores_no_note()
    {
        var packet = await ReadyPacketAsync();
        var answers = new List<string>();
        for (var i = 0; i < 2; i++)
            answers.Add(await SendAsync(Handovers, "plan-1", Plan(packet)));
        Assert.Equal(answers[0], answers[1]);
        var address = $"/api/staff/handovers/{(string?)JsonNode.Parse(answers[0])!["id"]}";
        for (var i = 0; i < 2; i++)
        {
            var attempt = new { on = Today(), outcome = "received" };
            Assert.Equal("""{"n":1}""", await SendAsync($"{address}/attempts", "attempt-1", attempt));
            var reply = new { on = Today(), kind = "full", summary = "Yes." };
            Assert.Equal("""{"k":1}""", await SendAsync($"{address}/answer", "answer-1", reply));
        }
        Assert.Single((await ReadAsync(address))["attempts"]!.AsArray());
        Assert.DoesNotContain(Secret, answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auditor_and_reading_token_see_records_without_notes()
    {
        var address = await PlannedAsync();
        await AttemptAsync(address, Today(), "received");
        using var auditor = await shared.Server.StaffAsync(Role.Auditor);
        foreach (var path in (string[])[address, Handovers])
        {
            var answer = await CampaignServer.Expect(200, await auditor.GetAsync(path));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Contains("\"received\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Organiser_reaches_recipients_whose_countries_are_all_theirs()
    {
        var address = await PlannedAsync();
        using var oslo = await shared.Server.StaffAsync(Role.Organiser, "NO");
        using var london = await shared.Server.StaffAsync(Role.Organiser, "GB");
        await CampaignServer.Expect(200, await oslo.GetAsync(address));
        Assert.NotEmpty(await oslo.ListAsync(Handovers));
        Assert.Empty(await london.ListAsync(Handovers));
        await (await london.GetAsync(address)).ProblemAsync(404, "not-found");
        await (await london.DeleteAsync(address)).ProblemAsync(404, "not-found");
        await (
            await london.PostAsJsonAsync($"{address}/attempts", new { on = Today(), outcome = "received" })
        ).ProblemAsync(404, "not-found");

        var packet = await PacketOrders.OrderAsync(shared.Staff, shared.Slug, recipient: "president");
        var forAll = new { recipient = "president", packets = new[] { packet } };
        await (await oslo.PostAsJsonAsync(Handovers, forAll)).RefusesFieldsAsync("recipient");
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Handovers, forAll));
        Assert.DoesNotContain(await oslo.ListAsync(Handovers), one => (string?)one!["recipient"] == "president");
    }

    [Fact]
    public async Task Public_campaign_shows_public_handovers_without_notes()
    {
        var slug = await shared.Server.OpenCampaignAsync("in-public");
        var path = $"/api/campaigns/{slug}";
        Assert.Empty((await shared.Server.GetJsonAsync(path))["handovers"]!.AsArray());
        var packet = await ReadyPacketAsync(slug);
        var handovers = $"/api/staff/campaigns/{slug}/handovers";
        var hidden = Plan(packet);
        hidden["public"] = false;
        await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(handovers, hidden));
        var created = await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(handovers, Plan(packet)));
        var address = created.Headers.Location!.ToString();
        await AttemptAsync(address, Today(-34), "received");

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
        Assert.True((bool)(await ReadAsync(address))["overdue"]!);

        await AnswerAsync(address, Today(), "full");
        shown = Assert.Single((await shared.Server.GetJsonAsync(path))["handovers"]!.AsArray())!;
        Assert.Equal(["on", "kind", "summary"], shown["answer"]!.AsObject().Select(field => field.Key));
        Assert.Null(shown["daysWithoutAnswer"]);
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, new { @public = false }));
        Assert.Empty((await shared.Server.GetJsonAsync(path))["handovers"]!.AsArray());
    }

    private JsonObject Plan(string packet) =>
        new()
        {
            ["recipient"] = "embassy-oslo",
            ["packets"] = new JsonArray(packet),
            ["occasion"] = "International Day Against Homophobia",
            ["plannedOn"] = Today(),
            ["time"] = "11:30",
            ["place"] = $"{Secret} street",
            ["delegation"] = new JsonArray("Kari", "Ola"),
            ["note"] = Secret,
            ["public"] = true,
        };

    private string Today(int days = 0) =>
        Instant.Text(
            DateOnly
                .FromDateTime(TimeZones.Local(shared.Server.Clock.GetUtcNow(), "Europe/London").DateTime)
                .AddDays(days)
        );

    private async Task<string> ReadyPacketAsync(string? slug = null)
    {
        await shared.Server.SignAndConfirmAsync(
            slug ?? shared.Slug,
            CampaignServer.Signature($"{Guid.NewGuid():N}@example.org")
        );
        var packet = await PacketOrders.OrderAsync(
            shared.Staff,
            slug ?? shared.Slug,
            recipient: "embassy-oslo",
            variant: 3
        );
        await PacketOrders.ReadyAsync(shared.Staff, packet);
        return packet;
    }

    private async Task<string> PlannedAsync(string? packet = null)
    {
        var plan = Plan(packet ?? await ReadyPacketAsync());
        var created = await CampaignServer.Expect(201, await shared.Staff.PostAsJsonAsync(Handovers, plan));
        return created.Headers.Location!.ToString();
    }

    private async Task<JsonObject> ReadAsync(string address) =>
        await (await CampaignServer.Expect(200, await shared.Staff.GetAsync(address))).BodyAsync();

    private Task<HttpResponseMessage> AddAsync(string address, object attempt) =>
        shared.Staff.PostAsJsonAsync($"{address}/attempts", attempt);

    private async Task<string> AttemptAsync(string address, string on, string outcome)
    {
        var attempt = new
        {
            on,
            outcome,
            place = $"{Secret} gate",
            by = $"{Secret} Nordmann",
            reference = $"{Secret}/7",
            note = Secret,
        };
        return (await (await CampaignServer.Expect(201, await AddAsync(address, attempt))).BodyAsync()).ToJsonString();
    }

    private async Task<string> AnswerAsync(string address, string on, string kind)
    {
        var answer = await shared.Staff.PostAsJsonAsync(
            $"{address}/answer",
            new
            {
                on,
                kind,
                summary = "They will look into it.",
                source = "Letter 44/19",
            }
        );
        return (await (await CampaignServer.Expect(201, answer)).BodyAsync()).ToJsonString();
    }

    private async Task<string> SendAsync(string address, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return (await (await CampaignServer.Expect(201, await shared.Staff.SendAsync(request))).BodyAsync())
            .ToJsonString();
    }

    private async Task RefusesAsync(object body, params string[] paths) =>
        await (await shared.Staff.PostAsJsonAsync(Handovers, body)).RefusesFieldsAsync(paths);
}
