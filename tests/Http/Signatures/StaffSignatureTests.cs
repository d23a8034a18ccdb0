using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>Staff find signatures and act for a signer who wrote to them.</summary>
public sealed class StaffSignatureTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string[] _listed =
        ["id", "state", "country", "signedAt", "confirmedAt", "holdReason", "wave"];

    private string Path => $"/api/staff/campaigns/{shared.Slug}/signatures";

    [Fact]
    public async Task List_is_filtered_and_has_no_names()
    {
        await shared.Server.SignAndConfirmAsync(
            shared.Slug,
            CampaignServer.Signature("listed@example.org", "Listed Person", "IS")
        );
        await shared.Server.SignAsync(shared.Slug, CampaignServer.Signature("listed2@example.org", country: "IS"));
        var all = await shared.Staff.ListAsync($"{Path}?country=IS");
        Assert.Equal(2, all.Count);
        Assert.All(all, item => Assert.Equal(_listed, item!.AsObject().Select(field => field.Key)));
        Assert.DoesNotContain("isted", all.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(await shared.Staff.ListAsync($"{Path}?country=IS&state=confirmed&window=30m&holdReason=&wave="));
        Assert.Empty(await shared.Staff.ListAsync($"{Path}?country=IS&holdReason=network"));
        Assert.Empty(await shared.Staff.ListAsync($"{Path}?country=IS&wave=17"));
        Assert.Empty(await shared.Staff.ListAsync($"{Path}?country=IS&to=2019-05-17T09:00:00.000Z"));
        Assert.Equal(2, (await shared.Staff.ListAsync($"{Path}?country=IS&from=2019-05-17T09:00:00.000Z")).Count);
        var first = await (await shared.Staff.GetAsync($"{Path}?country=IS&limit=1")).BodyAsync();
        var next = $"{Path}?country=IS&limit=1&after={first["next"]}";
        var second = await (await shared.Staff.GetAsync(next)).BodyAsync();
        Assert.Equal(
            all.Select(item => (string)item!["id"]!),
            [(string)first["items"]![0]!["id"]!, (string)second["items"]![0]!["id"]!]
        );
    }

    [Fact]
    public async Task Wrong_filter_is_refused_with_its_name()
    {
        await (
            await shared.Staff.GetAsync($"{Path}?state=held&country=XX&holdReason=A&wave=x&from=y&to=z&window=1d")
        ).RefusesFieldsAsync("state", "country", "holdReason", "wave", "from", "to", "window");
        await (
            await shared.Staff.GetAsync($"{Path}?window=3h&from=2019-05-17T09:00:00.000Z")
        ).RefusesFieldsAsync("window");
    }

    [Fact]
    public async Task Exact_address_is_found_in_its_campaign_only()
    {
        await shared.Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("Find.Me@example.org"));
        var before = Audited("signature.find", null);
        var found = await FindAsync("find.me@EXAMPLE.org");
        Assert.Equal("confirmed", (string)Assert.Single(found)!["state"]!);
        Assert.Empty(await FindAsync("find.me2@example.org"));
        Assert.Equal(before + 2, Audited("signature.find", null));

        var elsewhere = await shared.Server.OpenCampaignAsync("find-elsewhere");
        var empty = await shared.Staff.PostAsJsonAsync(
            $"/api/staff/campaigns/{elsewhere}/signatures/find",
            new { email = "find.me@example.org" }
        );
        Assert.Equal("[]", (await empty.BodyAsync())["items"]!.ToJsonString());
        var id = (string)found[0]!["id"]!;
        await (
            await shared.Staff.GetAsync($"/api/staff/campaigns/{elsewhere}/signatures/{id}")
        ).ProblemAsync(404, "not-found");
        await (
            await shared.Staff.DeleteAsync($"/api/staff/campaigns/{elsewhere}/signatures/{id}")
        ).ProblemAsync(404, "not-found");
        await (
            await shared.Staff.PostAsJsonAsync($"{Path}/find", new { email = "x" })
        ).RefusesFieldsAsync("email");
    }

    [Fact]
    public async Task One_signature_shows_consents_letters_and_ledger_line_but_no_address()
    {
        using var mine = shared.Server.WithBearer(
            await shared.Server.SignAndConfirmAsync(
                shared.Slug,
                CampaignServer.Signature("shown@example.org", "Shown Person")
            )
        );
        await CampaignServer.UntilAsync(
            async () => (int)(await mine.GetAsync("/api/my/signature/receipt")).StatusCode == 200,
            "not sealed"
        );
        await shared.Server.WaitForMailAsync();
        var id = await IdAsync("shown@example.org");
        var shown = await (await shared.Staff.GetAsync($"{Path}/{id}")).BodyAsync();
        Assert.Equal(
            ("Shown Person", "Bergen", "name", "nb"),
            ((string)shown["name"]!, (string)shown["locality"]!, (string)shown["disclosure"]!, (string)shown["locale"]!)
        );
        Assert.Equal(
            ["disclose", "sign", "updates"],
            shown["consents"]!.AsArray().Select(one => (string)one!["purpose"]!).Order()
        );
        Assert.Equal(
            ["confirm sent", "manage sent"],
            shown["letters"]!.AsArray().Select(one => $"{one!["kind"]} {one["state"]}").Order()
        );
        Assert.NotNull(shown["ledgerEntry"]!["n"]);
        Assert.DoesNotContain("example.org", shown.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1, Audited("signature.look", id));
        await (await shared.Staff.GetAsync($"{Path}/17")).ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Staff_correct_a_name_with_a_reason()
    {
        using var mine = shared.Server.WithBearer(
            await shared.Server.SignAndConfirmAsync(
                shared.Slug,
                CampaignServer.Signature("misspelt@example.org", "Kari Normann")
            )
        );
        var id = await IdAsync("misspelt@example.org");
        await (await PatchAsync(id, new { name = "Kari Nordmann" })).RefusesFieldsAsync("reason");
        await (await PatchAsync(id, new { reason = "by letter" })).RefusesFieldsAsync("name");
        await (await PatchAsync(id, new { name = "12", reason = "by letter" })).RefusesFieldsAsync("name");
        await (
            await PatchAsync(id, new { name = "A", locality = "B", reason = "by letter" })
        ).RefusesFieldsAsync("locality");
        // The signer shows a name, so there must be one.
        await (
            await PatchAsync(id, new { name = (string?)null, reason = "by letter" })
        ).ProblemAsync(400, "validation");
        await CampaignServer.Expect(204, await PatchAsync(id, new { name = "Kari Nordmann", reason = "by letter" }));
        Assert.Equal("Kari Nordmann", (string)(await Body(mine))["name"]!);
        Assert.Equal(1, Audited("signature.correct", id, "by letter"));
        Assert.NotNull(
            shared.Server.Query<long?>(
                "SELECT corrected_at FROM signatures WHERE id = @id",
                new { id = long.Parse(id, System.Globalization.CultureInfo.InvariantCulture) }
            )
        );

        await CampaignServer.Expect(204, await mine.PostAsync("/api/my/signature/withdraw", null));
        await (
            await PatchAsync(id, new { name = "Kari", reason = "by letter" })
        ).ProblemAsync(409, "wrong-state");

        static async Task<JsonObject> Body(HttpClient mine) =>
            await (await mine.GetAsync("/api/my/signature")).BodyAsync();
    }

    [Fact]
    public async Task Confirmation_letter_is_mailed_again_until_the_limit()
    {
        await shared.Server.SignAsync(shared.Slug, CampaignServer.Signature("again@example.org"));
        var id = await IdAsync("again@example.org");
        for (var letters = 2; letters <= 5; letters++)
            await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{Path}/{id}/resend", null));
        var letter = await shared.Server.Mail.WaitForAsync("again@example.org", "/confirm/", atLeast: 5);
        var refused = await shared.Staff.PostAsync($"{Path}/{id}/resend", null);
        await refused.ProblemAsync(429, "rate-limited");
        Assert.Equal(TimeSpan.FromDays(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(4, Audited("signature.resend", id));
        await shared.Server.ConfirmAsync(letter.Token("/confirm/"));
        await (
            await shared.Staff.PostAsync($"{Path}/{id}/resend", null)
        ).ProblemAsync(409, "wrong-state");
    }

    [Fact]
    public async Task Letter_is_not_mailed_again_to_a_suppressed_address()
    {
        await shared.Server.SignAsync(shared.Slug, CampaignServer.Signature("silent@example.org"));
        var id = await IdAsync("silent@example.org");
        await shared.Server.WriteAsync(
            """
            INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until)
            SELECT 1, campaign_id, blind_index, index_version, 'bounced', 0, 9999999999999
            FROM signatures WHERE id = @id
            """,
            new { id = long.Parse(id, System.Globalization.CultureInfo.InvariantCulture) }
        );
        await (
            await shared.Staff.PostAsync($"{Path}/{id}/resend", null)
        ).ProblemAsync(409, "wrong-state");
    }

    [Fact]
    public async Task Staff_erase_a_signature_as_its_signer_would()
    {
        using var mine = shared.Server.WithBearer(
            await shared.Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("erase@example.org"))
        );
        var id = await IdAsync("erase@example.org");
        for (var times = 0; times < 2; times++)
            await CampaignServer.Expect(204, await shared.Staff.DeleteAsync($"{Path}/{id}"));
        await (await mine.GetAsync("/api/my/signature")).ProblemAsync(401, "not-signed-in");
        Assert.Equal(1, Audited("signature.erase", id));
        var shown = await (await shared.Staff.GetAsync($"{Path}/{id}")).BodyAsync();
        Assert.Equal("erased", (string)shown["state"]!);
        Assert.Null(shown["name"]);
        Assert.Contains(
            $"\"type\":\"erase\"",
            await File.ReadAllTextAsync(System.IO.Path.Combine(shared.Server.Folder, "journal.jsonl")),
            StringComparison.Ordinal
        );
    }

    private Task<HttpResponseMessage> PatchAsync(string id, object body) =>
        shared.Staff.PatchAsJsonAsync($"{Path}/{id}", body);

    private async Task<JsonArray> FindAsync(string email) =>
        (await (await shared.Staff.PostAsJsonAsync($"{Path}/find", new { email })).BodyAsync())["items"]!.AsArray();

    private async Task<string> IdAsync(string email) => (string)Assert.Single(await FindAsync(email))!["id"]!;

    private long Audited(string action, string? subject, string? detail = null) =>
        shared.Server.Query<long>(
            """
            SELECT count(*) FROM audit WHERE action = @action AND campaign = @slug
              AND coalesce(subject, '') = @subject AND coalesce(detail, '') = @detail
            """,
            new
            {
                action,
                slug = shared.Slug,
                subject = subject ?? "",
                detail = detail ?? "",
            }
        );
}
