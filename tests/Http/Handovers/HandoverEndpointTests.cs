using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>Hand-overs over HTTP, with the example's recipients and real packets.</summary>
public sealed class HandoverEndpointTests(HandoverServer shared) : IClassFixture<HandoverServer>
{
    private const string Secret = HandoverServer.Secret;

    [Fact]
    public async Task Handover_goes_from_plan_to_answer()
    {
        var packet = await shared.ReadyPacketAsync();
        var created = await CampaignServer.Expect(
            201,
            await shared.Staff.PostAsJsonAsync(shared.Handovers, shared.Plan(packet))
        );
        var address = created.Headers.Location!.ToString();
        var plan = await created.BodyAsync();
        Assert.Equal("planned", (string?)plan["state"]);
        Assert.Null(plan["place"]);
        var read = await shared.ReadAsync(address);
        Assert.Equal($"{Secret} street", (string?)read["place"]);
        Assert.Equal("""["Kari","Ola"]""", read["delegation"]!.ToJsonString());
        Assert.Equal("11:30", (string?)read["time"]);
        Assert.Null(read["daysWithoutAnswer"]);

        Assert.Equal("""{"n":1}""", await shared.AttemptAsync(address, shared.Today(-5), "posted"));
        Assert.Equal("""{"n":2}""", await shared.AttemptAsync(address, shared.Today(-3), "received"));
        read = await shared.ReadAsync(address);
        Assert.Equal(
            ("delivered", shared.Today(-3), shared.Today(27), 3, false),
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

        Assert.Equal("""{"k":1}""", await shared.AnswerAsync(address, shared.Today(-1), "acknowledged"));
        Assert.Equal("delivered", (string?)(await shared.ReadAsync(address))["state"]);
        Assert.Equal("""{"k":2}""", await shared.AnswerAsync(address, shared.Today(), "partial"));
        read = await shared.ReadAsync(address);
        Assert.Equal(("answered", 2), ((string?)read["state"], (int?)read["answer"]!["k"]));
        Assert.Null(read["daysWithoutAnswer"]);

        var corrected = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(
                $"{address}/answer/2",
                new { kind = "acknowledged", reason = "misread" }
            )
        );
        Assert.Equal("delivered", (string?)(await corrected.BodyAsync())["state"]);
        corrected = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(
                $"{address}/attempts/2",
                new
                {
                    outcome = "returned",
                    place = (string?)null,
                    reason = "misread",
                }
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
        var packet = await shared.ReadyPacketAsync();
        await RefusesAsync(new { recipient = "embassy-oslo" }, "packets");
        await RefusesAsync(new { recipient = "embassy-oslo", packets = Array.Empty<string>() }, "packets");
        await RefusesAsync(new { recipient = "nobody", packets = new[] { packet } }, "recipient");
        // A packet of another recipient, and one that does not exist.
        await RefusesAsync(new { recipient = "embassy-london", packets = new[] { packet } }, "packets[0]");
        await RefusesAsync(new { recipient = "embassy-oslo", packets = new[] { packet, "17" } }, "packets[1]");
        await RefusesAsync(new { recipient = "embassy-oslo", packets = new[] { packet, packet } }, "packets[1]");
        var body = shared.Plan(packet);
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
        var packet = await shared.ReadyPacketAsync();
        var other = await shared.Server.OpenCampaignAsync($"other-{packet}");
        var answer = await shared.Staff.PostAsJsonAsync($"/api/staff/campaigns/{other}/handovers", shared.Plan(packet));
        await answer.RefusesFieldsAsync("packets[0]");
    }

    [Fact]
    public async Task Attempt_and_answer_are_refused_for_future_days_and_wrong_words()
    {
        var address = await shared.PlannedAsync();
        await (await shared.AddAsync(address, new { on = shared.Today(1), outcome = "received" })).RefusesFieldsAsync(
            "on"
        );
        await (await shared.AddAsync(address, new { outcome = "lost" })).RefusesFieldsAsync("on", "outcome");
        await (
            await shared.AddAsync(
                address,
                new
                {
                    on = shared.Today(),
                    outcome = "received",
                    packets = new[] { "17" },
                }
            )
        ).RefusesFieldsAsync("packets[0]");
        var early = new
        {
            on = shared.Today(),
            kind = "full",
            summary = "No.",
        };
        await (await shared.Staff.PostAsJsonAsync($"{address}/answer", early)).ProblemAsync(409, "wrong-state");
        await shared.AttemptAsync(address, shared.Today(-2), "left-outside");
        await (
            await shared.Staff.PostAsJsonAsync(
                $"{address}/answer",
                new
                {
                    on = shared.Today(-3),
                    kind = "full",
                    summary = "No.",
                }
            )
        ).RefusesFieldsAsync("on");
        await (
            await shared.Staff.PostAsJsonAsync($"{address}/answer", new { on = shared.Today(1), kind = "yes" })
        ).RefusesFieldsAsync("kind", "on", "summary");
        await (
            await shared.Staff.PatchAsJsonAsync($"{address}/attempts/1", new { outcome = "received" })
        ).RefusesFieldsAsync("reason");
        await (await shared.Staff.PatchAsJsonAsync($"{address}/attempts/2", new { reason = "x" })).ProblemAsync(
            404,
            "not-found"
        );
        await (await shared.Staff.PatchAsJsonAsync($"{address}/answer/1", new { reason = "x" })).ProblemAsync(
            404,
            "not-found"
        );
    }

    [Fact]
    public async Task Packet_that_is_not_ready_is_planned_and_not_carried()
    {
        var packet = await shared.ReadyPacketAsync();
        var address = await shared.PlannedAsync(packet);
        foreach (var (status, code) in new[] { ("failed", "packet-not-ready"), ("stale", "packet-stale") })
        {
            await shared.Server.WriteAsync($"UPDATE packets SET status = '{status}' WHERE id = {packet}");
            await (await shared.AddAsync(address, new { on = shared.Today(), outcome = "refused" })).ProblemAsync(
                409,
                code
            );
        }
        await shared.PlannedAsync(packet);
    }

    [Fact]
    public async Task Plan_is_changed_cancelled_and_deleted()
    {
        var packet = await shared.ReadyPacketAsync();
        var address = await shared.PlannedAsync(packet);
        var answer = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(
                address,
                new
                {
                    time = "12:00",
                    note = (string?)null,
                    state = "planned",
                }
            )
        );
        var changed = await answer.BodyAsync();
        Assert.Equal(("12:00", null), ((string?)changed["time"], (string?)changed["note"]));
        Assert.Equal($"{Secret} street", (string?)changed["place"]);
        await (await shared.Staff.PatchAsJsonAsync(address, new { recipient = "president" })).RefusesFieldsAsync(
            "recipient"
        );
        await (await shared.Staff.PatchAsJsonAsync(address, new { state = "delivered" })).RefusesFieldsAsync("state");

        await shared.AttemptAsync(address, shared.Today(), "refused");
        await (await shared.Staff.DeleteAsync(address)).ProblemAsync(409, "wrong-state");
        answer = await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsJsonAsync(address, new { state = "cancelled" })
        );
        Assert.Equal("cancelled", (string?)(await answer.BodyAsync())["state"]);
        await (await shared.AddAsync(address, new { on = shared.Today(), outcome = "received" })).ProblemAsync(
            409,
            "wrong-state"
        );
        await (await shared.Staff.PatchAsJsonAsync(address, new { time = "13:00" })).ProblemAsync(409, "wrong-state");

        var second = await shared.PlannedAsync(packet);
        await CampaignServer.Expect(204, await shared.Staff.DeleteAsync(second));
        await CampaignServer.Expect(404, await shared.Staff.GetAsync(second));
    }

    [Fact]
    public async Task Repeated_request_creates_nothing_again_and_stores_no_note()
    {
        var packet = await shared.ReadyPacketAsync();
        var answers = new List<string>();
        for (var i = 0; i < 2; i++)
            answers.Add(await SendAsync(shared.Handovers, "plan-1", shared.Plan(packet)));
        Assert.Equal(answers[0], answers[1]);
        var address = $"/api/staff/handovers/{(string?)JsonNode.Parse(answers[0])!["id"]}";
        for (var i = 0; i < 2; i++)
        {
            var attempt = new { on = shared.Today(), outcome = "received" };
            Assert.Equal("""{"n":1}""", await SendAsync($"{address}/attempts", "attempt-1", attempt));
            var reply = new
            {
                on = shared.Today(),
                kind = "full",
                summary = "Yes.",
            };
            Assert.Equal("""{"k":1}""", await SendAsync($"{address}/answer", "answer-1", reply));
        }
        Assert.Single((await shared.ReadAsync(address))["attempts"]!.AsArray());
        Assert.DoesNotContain(Secret, answers[0], StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string address, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return (
            await (await CampaignServer.Expect(201, await shared.Staff.SendAsync(request))).BodyAsync()
        ).ToJsonString();
    }

    private async Task RefusesAsync(object body, params string[] paths) =>
        await (await shared.Staff.PostAsJsonAsync(shared.Handovers, body)).RefusesFieldsAsync(paths);

    [Fact]
    public async Task Plan_is_changed_only_as_it_was_read()
    {
        var address = await shared.PlannedAsync();
        var read = await CampaignServer.Expect(200, await shared.Staff.GetAsync(address));
        Assert.Equal("\"1\"", read.Headers.ETag!.Tag);
        var changed = await CampaignServer.Expect(200, await ChangeAsync(address, "\"1\"", "One"));
        Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        await (await ChangeAsync(address, "\"1\"", "Two")).ProblemAsync(412, "changed-meanwhile");
        Assert.Equal("One", (string?)(await shared.ReadAsync(address))["occasion"]);
        await CampaignServer.Expect(200, await shared.Staff.PatchAsJsonAsync(address, new { occasion = "Three" }));
    }

    private Task<HttpResponseMessage> ChangeAsync(string address, string tag, string occasion)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, address)
        {
            Content = JsonContent.Create(new { occasion }),
        };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        return shared.Staff.SendAsync(request);
    }
}
