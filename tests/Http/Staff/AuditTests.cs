using System.Data.Common;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

public sealed class AuditTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private HttpClient _staff = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _staff = await _server.StaffAsync();
    }

    public async Task DisposeAsync()
    {
        _staff.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Every_action_and_read_is_audited_without_personal_data()
    {
        var slug = await _server.OpenCampaignAsync("audited", body => body["recipients"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["key"] = "desk",
                        ["name"] = "Desk",
                        ["address"] = "Oslo",
                        ["countries"] = null,
                        ["risk"] = "low",
                        ["maxDisclosure"] = "name",
                    }
                ));
        using var mine = _server.WithBearer(
            await _server.SignAndConfirmAsync(
                slug,
                CampaignServer.Signature("audited.person@example.org", "Audited Person")
            )
        );
        await CampaignServer.UntilAsync(
            async () => (int)(await mine.GetAsync("/api/my/signature/receipt")).StatusCode == 200,
            "not sealed"
        );
        var id = _server.Query<long>("SELECT id FROM signatures");

        var path = $"/api/staff/campaigns/{slug}";
        await CampaignServer.Expect(200, await _staff.PatchAsJsonAsync(path, new { goal = 17 }));
        await CampaignServer.Expect(
            201,
            await _staff.PostAsJsonAsync(
                path + "/texts",
                new { texts = new { en = new { title = "Newer", demand = "Newer" } } }
            )
        );
        var packet = (
            await CampaignServer.Expect(
                202,
                await _staff.PostAsJsonAsync(path + "/packets", new { recipient = "desk", disclosure = "name" })
            )
        )
            .Headers
            .Location!;
        await CampaignServer.UntilAsync(
            async () => (string?)(await (await _staff.GetAsync(packet)).BodyAsync())["status"] == "ready",
            "the packet is not ready"
        );
        await CampaignServer.Expect(200, await _staff.GetAsync(packet + "/file"));
        await CampaignServer.Expect(202, await _staff.PostAsync(packet + "/rebuild", null));
        await CampaignServer.Expect(
            204,
            await _staff.PostAsJsonAsync($"{path}/signatures/{id}/invalidate", new { reason = "spam" })
        );
        await CampaignServer.Expect(204, await _staff.PostAsync(path + "/close", null));
        await CampaignServer.Expect(204, await _staff.PostAsync(path + "/archive", null));
        // Refused and repeated actions change nothing and are not audited.
        await CampaignServer.Expect(204, await _staff.PostAsync(path + "/archive", null));
        await CampaignServer.Expect(409, await _staff.PostAsync(path + "/open", null));
        await CampaignServer.Expect(
            204,
            await _staff.PostAsJsonAsync($"{path}/signatures/{id}/invalidate", new { reason = "spam" })
        );

        using var auditor = await _server.StaffAsync("auditor");
        var lines = await auditor.ListAsync("/api/staff/audit?from=2019-01-01");
        Assert.All(lines, line =>
            Assert.Equal(
                ["id", "at", "staff", "action", "campaign", "subject", "detail", "member"],
                line!.AsObject().Select(field => field.Key)
            )
        );
        var actions = lines.Select(line => (string)line!["action"]!).ToList();
        foreach (
            var action in (string[])
                [
                    "staff.add",
                    "campaign.create",
                    "campaign.open",
                    "campaign.change",
                    "campaign.texts",
                    "packet.look",
                    "packet.download",
                    "signature.invalidate",
                    "campaign.closed",
                    "campaign.archived",
                ]
        )
            Assert.Contains(action, actions);
        Assert.Equal(1, actions.Count(action => action == "campaign.archived"));
        Assert.Equal(1, actions.Count(action => action == "signature.invalidate"));
        Assert.Equal(
            2,
            actions.Count(action =>
                action.StartsWith("packet.", StringComparison.Ordinal)
                && action is not ("packet.look" or "packet.download")
            )
        );
        Assert.Equal("Test", (string?)lines.First(line => (string?)line!["action"] == "packet.download")!["staff"]);
        Assert.Equal(
            packet.ToString().Split('/')[^1],
            (string?)lines.First(line => (string?)line!["action"] == "packet.download")!["subject"]
        );
        foreach (var personal in (string[])["audited.person", "Audited", "Bergen"])
            Assert.DoesNotContain(personal, lines.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_trail_is_paged_from_a_date_and_cannot_be_changed()
    {
        await _server.OpenCampaignAsync("one");
        _server.Clock.Advance(TimeSpan.FromHours(1));
        var from = Instant.Text(_server.Clock.UtcNow());
        await _server.OpenCampaignAsync("two");
        var later = await _staff.ListAsync($"/api/staff/audit?from={from}");
        Assert.All(later, line => Assert.NotEqual("one", (string?)line!["campaign"]));
        Assert.Contains(later, line => (string?)line!["campaign"] == "two");
        var first = await (await _staff.GetAsync($"/api/staff/audit?from={from}&limit=1")).BodyAsync();
        Assert.Equal((string?)later[0]!["id"], (string?)Assert.Single(first["items"]!.AsArray())!["id"]);
        foreach (var wrong in (string[])["from=yesterday", "from=2019-13-01", "after=x"])
            await (await _staff.GetAsync("/api/staff/audit?" + wrong)).RefusesFieldsAsync(wrong.Split('=')[0]);

        foreach (
            var sql in (string[])
                [
                    "DELETE FROM audit",
                    "UPDATE audit SET action = 'x'",
                    "DELETE FROM ledger_entries",
                    "UPDATE ledger_entries SET line = 'x'",
                ]
        )
        {
            await _server.WriteAsync(
                """
                INSERT INTO ledger_entries (campaign_id, n, kind, country, line)
                VALUES (1, 1, 'add', 'NO', 'x') ON CONFLICT DO NOTHING
                """
            );
            await Assert.ThrowsAnyAsync<DbException>(() => _server.WriteAsync(sql));
        }
    }

    [Fact]
    public async Task Check_names_the_line_that_was_changed_in_the_database()
    {
        await _server.OpenCampaignAsync("checked");
        await CampaignServer.UntilAsync(
            async () => (long)(await CheckAsync())["waiting"]! == 0,
            "lines of the audit trail are not linked"
        );
        var found = await CheckAsync();
        Assert.Null(found["fault"]);
        Assert.Equal(64, ((string)found["hash"]!).Length);
        Assert.True((long)found["links"]! > 0);
        var id = _server.Query<long>("SELECT id FROM audit WHERE action = 'campaign.open' AND campaign = 'checked'");
        await _server.WriteAsync(TestSql.DropTrigger("audit_keeps_words", "audit"));
        await _server.WriteAsync("UPDATE audit SET campaign = 'other' WHERE id = @id", new { id });
        var fault = (await CheckAsync())["fault"]!;
        Assert.Equal("line-changed", (string?)fault["kind"]);
        Assert.Equal(Ids.Text(id), (string?)fault["line"]);

        async Task<JsonObject> CheckAsync() => await (await _staff.GetAsync("/api/staff/audit/check")).BodyAsync();
    }

    [Fact]
    public async Task Audit_trail_is_filtered_by_member_action_campaign_time_and_words()
    {
        await _server.OpenCampaignAsync("one");
        _server.Clock.Advance(TimeSpan.FromDays(2));
        await _server.OpenCampaignAsync("two");
        var all = await _staff.ListAsync("/api/staff/audit");
        var creation = all.Single(line => (string?)line!["action"] == "campaign.create" && IsOf(line, "two"))!;
        var member = (string)creation["member"]!;
        var added = all.Single(line => (string?)line!["subject"] == member)!;

        async Task Finds(string filter, Func<JsonNode, bool> expected)
        {
            var found = (await _staff.ListAsync("/api/staff/audit?" + filter)).Select(line => (string)line!["id"]!);
            var lines = all.Where(line => expected(line!)).Select(line => (string)line!["id"]!).ToList();
            Assert.NotEmpty(lines);
            Assert.Equal(lines, found);
        }

        await Finds($"member={member}", line => (string?)line["member"] == member);
        await Finds("member=operator", line => line["member"] is null);
        await Finds("action=campaign.open", line => (string?)line["action"] == "campaign.open");
        await Finds("campaign=two", line => IsOf(line, "two"));
        await Finds("campaign=two&action=campaign.create", line => line == creation);
        var day = Instant.Text(Instant.Day(_server.Clock.UtcNow()));
        await Finds($"from={day}", line => string.CompareOrdinal((string)line["at"]!, day) >= 0);
        await Finds($"to={day}", _ => true);
        var at = (string)creation["at"]!;
        await Finds($"to={at}", line => string.CompareOrdinal((string)line["at"]!, at) < 0);
        await Finds($"search={member[3..]}", line => line == added);
        await Finds("search=ADMIN", line => (string?)line["detail"] == "administrator");
        await Finds("action=&campaign=&from=", _ => true);
        Assert.Empty(await _staff.ListAsync("/api/staff/audit?search=_"));
        Assert.Equal(
            all.Select(line => (string)line!["id"]!).Reverse(),
            (await _staff.ListAsync("/api/staff/audit?order=newest&limit=2")).Select(line => (string)line!["id"]!)
        );
    }

    [Theory]
    [InlineData("member", "Kari")]
    [InlineData("action", "download")]
    [InlineData("campaign", "A b")]
    [InlineData("from", "yesterday")]
    [InlineData("to", "9999-12-31")]
    [InlineData("search", "kari@example.org")]
    [InlineData("order", "random")]
    public async Task Wrong_filter_names_its_field(string field, string value) =>
        await (await _staff.GetAsync($"/api/staff/audit?{field}={Uri.EscapeDataString(value)}")).RefusesFieldsAsync(
            field
        );

    private static bool IsOf(JsonNode line, string slug) => (string?)line["campaign"] == slug;
}
